package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.gaul.s3proxy.nio2blob.AbstractNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Puts an object on the disk before its write is acknowledged, and shows none to strangers. The
 * file store alone leaves the bytes to the page cache, while the worker drops its own copy as soon
 * as the store has one; and it takes a file that the umask made readable for a public object.
 */
final class GuardedBlobStore extends ForwardingBlobStore {

  private static final int PRECONDITION_FAILED = 412;

  private final Path root;

  /**
   * @param root absolute directory whose subdirectories are the buckets
   */
  GuardedBlobStore(BlobStore files, Path root) {
    super(files);
    this.root = root;
  }

  @Override
  public BucketCannedACL getContainerAccess(String container) {
    return BucketCannedACL.PRIVATE;
  }

  @Override
  public ObjectCannedACL getBlobAccess(String container, String name) {
    return ObjectCannedACL.PRIVATE;
  }

  @Override
  public ObjectCannedACL getBlobAccess(String container, String name, @Nullable String versionId) {
    return ObjectCannedACL.PRIVATE;
  }

  /** Lists objects alone: the file store names the copies it is still writing among them. */
  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    ListObjectsV2Response page = super.list(request);
    List<S3Object> objects =
        page.contents().stream().filter(object -> !CutOffWrites.isOne(object.key())).toList();
    return page.toBuilder().contents(objects).keyCount(objects.size()).build();
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    try {
      PutObjectResponse response = super.putBlob(request, payload);
      sync(request.bucket(), request.key());
      return response;
    } catch (S3Exception e) {
      syncWhatStandsThere(e, request.bucket(), request.key());
      throw e;
    }
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream payload) {
    UploadPartResponse response = super.uploadMultipartPart(upload, request, payload);
    sync(
        upload.containerName(),
        AbstractNio2BlobStore.multipartPartName(
            upload.id(), upload.blobName(), request.partNumber()));
    return response;
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    try {
      CompleteMultipartUploadResponse response = super.completeMultipartUpload(upload, request);
      sync(upload.containerName(), upload.blobName());
      return response;
    } catch (S3Exception e) {
      syncWhatStandsThere(e, upload.containerName(), upload.blobName());
      throw e;
    }
  }

  /** The loser of a race takes the winner's object for stored, so it must be by now. */
  private void syncWhatStandsThere(S3Exception refusal, String bucket, String key) {
    if (refusal.statusCode() == PRECONDITION_FAILED) {
      sync(bucket, key);
    }
  }

  private void sync(String bucket, String key) {
    Path container = root.resolve(bucket);
    Path path = container.resolve(key).normalize();
    if (!path.startsWith(container)) {
      return;
    }
    try {
      for (Path part = path; part != null && !part.equals(root); part = part.getParent()) {
        PrivateFiles.sync(part);
      }
    } catch (NoSuchFileException e) {
      return; // Deleted meanwhile: there is nothing left to keep.
    } catch (IOException e) {
      throw new UncheckedIOException("an object cannot be put on the disk", e);
    }
  }
}
