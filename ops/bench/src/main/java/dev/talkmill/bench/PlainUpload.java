package dev.talkmill.bench;

import dev.talkmill.bench.SideBySide.Part;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** A multipart upload with the SDK of S3, past Talkmill, to the server that a worker embeds. */
final class PlainUpload implements AutoCloseable {

  private static final String BUCKET = "talkmill";
  private static final String KEY = "bench/plain";

  private final S3Client s3;

  /**
   * @param data data directory of the worker, which holds the server's credentials
   */
  PlainUpload(URI endpoint, Path data) throws Exception {
    List<String> credentials = Files.readAllLines(data.resolve("s3/credentials"));
    s3 =
        S3Client.builder()
            .endpointOverride(endpoint)
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(credentials.get(0), credentials.get(1))))
            .build();
  }

  /** Seconds until the store has joined the parts; the object is then removed. */
  double seconds(Path file) throws Exception {
    long start = System.nanoTime();
    String id = s3.createMultipartUpload(request -> request.bucket(BUCKET).key(KEY)).uploadId();
    List<Callable<CompletedPart>> calls = new ArrayList<>();
    for (Part part : SideBySide.parts(file)) {
      calls.add(() -> send(id, part));
    }
    List<CompletedPart> sent = SideBySide.run(calls);
    s3.completeMultipartUpload(request ->
        request.bucket(BUCKET).key(KEY).uploadId(id).multipartUpload(upload -> upload.parts(sent)));
    double seconds = (System.nanoTime() - start) / 1e9;
    s3.deleteObject(request -> request.bucket(BUCKET).key(KEY));
    return seconds;
  }

  private CompletedPart send(String id, Part part) {
    RequestBody body =
        RequestBody.fromContentProvider(
            () -> FileRange.open(part.file(), part.first(), part.bytes()),
            part.bytes(),
            "application/octet-stream");
    String tag =
        s3.uploadPart(
                request -> request.bucket(BUCKET).key(KEY).uploadId(id).partNumber(part.number()),
                body)
            .eTag();
    return CompletedPart.builder().partNumber(part.number()).eTag(tag).build();
  }

  @Override
  public void close() {
    s3.close();
  }
}
