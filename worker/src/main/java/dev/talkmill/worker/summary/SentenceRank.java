package dev.talkmill.worker.summary;

import dev.talkmill.worker.summary.Shortlist.Sentence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jgrapht.Graph;
import org.jgrapht.alg.scoring.PageRank;
import org.jgrapht.graph.DefaultWeightedEdge;
import org.jgrapht.graph.SimpleWeightedGraph;

/**
 * TextRank (Mihalcea and Tarau, 2004): a sentence matters where it shares words with sentences that
 * matter.
 */
final class SentenceRank {

  private SentenceRank() {}

  /** Rank of each sentence; all together about 1. */
  static Map<Sentence, Double> of(List<Sentence> sentences) {
    Graph<Integer, DefaultWeightedEdge> graph =
        new SimpleWeightedGraph<>(DefaultWeightedEdge.class);
    List<Set<String>> stems = new ArrayList<>();
    for (int i = 0; i < sentences.size(); i++) {
      graph.addVertex(i);
      stems.add(sentences.get(i).stems());
    }
    for (int i = 0; i < sentences.size(); i++) {
      for (int j = i + 1; j < sentences.size(); j++) {
        double similarity = similarity(stems.get(i), stems.get(j));
        if (similarity > 0) {
          graph.setEdgeWeight(graph.addEdge(i, j), similarity);
        }
      }
    }
    Map<Integer, Double> scores = new PageRank<>(graph).getScores();
    Map<Sentence, Double> ranks = new HashMap<>();
    for (int i = 0; i < sentences.size(); i++) {
      ranks.put(sentences.get(i), scores.getOrDefault(i, 0.0));
    }
    return ranks;
  }

  /** Shared words, normalised by the logarithm of both lengths as in the paper. */
  static double similarity(Set<String> one, Set<String> other) {
    double length = Math.log(one.size()) + Math.log(other.size());
    int shared = shared(one, other);
    return shared == 0 || length <= 0 ? 0 : shared / length;
  }

  /** Part of the shorter one's words that the other has too. */
  static double overlap(Set<String> one, Set<String> other) {
    int shorter = Math.min(one.size(), other.size());
    return shorter == 0 ? 0 : shared(one, other) / (double) shorter;
  }

  private static int shared(Set<String> one, Set<String> other) {
    if (one.size() > other.size()) {
      return shared(other, one);
    }
    int count = 0;
    for (String stem : one) {
      if (other.contains(stem)) {
        count++;
      }
    }
    return count;
  }
}
