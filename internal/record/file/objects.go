package file

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
)

// objects keeps contents in a bucket of an S3-compatible store:
// <prefix>/<address>/<instant>-<random>, the instant by the clock of our own
// database, so that the store's clock decides nothing. Every upload is an object of its own that is never
// written again, so that sweeping an old one cannot take away what somebody
// uploads at that moment. What is uploaded passes through a local temporary file,
// because it is judged as a whole before it is kept.
type objects struct {
	client         *minio.Client
	bucket, prefix string
	tmp            string
	now            func() day.Instant
}

// windowFrames is how many frames one request reads: 1 MiB.
const windowFrames = 16

// InBucket keeps contents in a bucket: s3://host:port/bucket/prefix, or
// s3+http:// for a store without TLS. The access key comes from the environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), never from the address. tmp is a
// local folder for uploads under way. It asks the store whether the bucket is
// there: a wrong address must show at start.
func InBucket(ctx context.Context, s *store.Store, v *vault.Vault, address, tmp string) (*Shelf, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Scheme != "s3" && u.Scheme != "s3+http" {
		return nil, fmt.Errorf("address of a bucket %q is not s3://host/bucket", address)
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	client, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewEnvAWS(), Secure: u.Scheme == "s3", Region: u.Query().Get("region"), MaxRetries: 3})
	if err != nil {
		return nil, err
	}
	there, err := client.BucketExists(ctx, bucket)
	if err == nil && !there {
		err = fmt.Errorf("no bucket %q", bucket)
	}
	if err != nil {
		return nil, fmt.Errorf("attachments at %s: %w", address, err)
	}
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, err
	}
	return &Shelf{store: s, vault: v, rack: &objects{client, bucket, prefix, tmp, s.Now}}, nil
}

// told turns an error of the store into one that people are asked to wait for;
// what is not there is ErrMissing.
func told(ref string, err error) error {
	var r minio.ErrorResponse
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, ErrMissing):
		return err
	case errors.As(err, &r) && (r.Code == minio.NoSuchKey || r.Code == "NotFound"):
		return missing(ref)
	}
	return fmt.Errorf("%w: attachments: %w", store.ErrUnavailable, err)
}

func (o *objects) under(ref string) string { return path.Join(o.prefix, ref) + "/" }

func (o *objects) begin(ctx context.Context) (draft, error) {
	f, err := os.CreateTemp(o.tmp, "*")
	if err != nil {
		return nil, err
	}
	return &objectDraft{folderDraft: folderDraft{folderBlob: folderBlob{file: f}}, ctx: ctx, rack: o}, nil
}

// objectDraft is an upload in its local file, as in a folder.
type objectDraft struct {
	folderDraft
	ctx  context.Context // of the upload; the draft does not outlive it
	rack *objects
}

// finish sends the content as a new object; it is kept when the store says so.
func (d *objectDraft) finish(head []byte, ref string) error {
	if _, err := d.file.WriteAt(head, 0); err != nil {
		return err
	}
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	var unique [8]byte
	if _, err := rand.Read(unique[:]); err != nil {
		return err
	}
	name := fmt.Sprintf("%s%016x-%s", d.rack.under(ref), int64(d.rack.now()), hex.EncodeToString(unique[:]))
	_, err := d.rack.client.PutObject(d.ctx, d.rack.bucket, name, d.file, d.size,
		minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true})
	d.drop()
	return told(ref, err)
}

// written is when an object was made, as its name says.
func written(name string) day.Instant {
	stamp, _, _ := strings.Cut(path.Base(name), "-")
	at, err := strconv.ParseInt(stamp, 16, 64)
	if err != nil {
		return 1 << 62 // not one of ours: never swept
	}
	return day.Instant(at)
}

// any finds the objects of a content; one is as good as another.
func (o *objects) any(ctx context.Context, ref string, f func(minio.ObjectInfo) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // ends the listing when f has seen enough
	for info := range o.client.ListObjects(ctx, o.bucket, minio.ListObjectsOptions{Prefix: o.under(ref), Recursive: true}) {
		if info.Err != nil {
			return told(ref, info.Err)
		}
		if err := f(info); err != nil {
			return err
		}
	}
	return nil
}

func (o *objects) open(ctx context.Context, ref string) (blob, error) {
	if !isAddress(ref) {
		return nil, missing(ref)
	}
	var found minio.ObjectInfo
	enough := errors.New("one is enough")
	if err := o.any(ctx, ref, func(i minio.ObjectInfo) error { found = i; return enough }); err != nil && !errors.Is(err, enough) {
		return nil, err
	}
	if found.Key == "" || found.Size < headSize {
		return nil, missing(ref)
	}
	return &objectBlob{ctx: ctx, rack: o, ref: ref, name: found.Key, size: found.Size, count: 1 + int((found.Size-headSize+sealedSize-1)/sealedSize), first: -1}, nil
}

// objectBlob reads frames of an object, a window of them with each request.
type objectBlob struct {
	ctx    context.Context // of the request that opened it; the blob does not outlive that
	rack   *objects
	ref    string
	name   string
	size   int64
	count  int
	first  int // frame that the window begins with; -1 for none
	window []byte
}

func (b *objectBlob) frames() int  { return b.count }
func (b *objectBlob) close() error { return nil }

func frameAt(n int) int64 {
	if n == 0 {
		return 0
	}
	return headSize + int64(n-1)*sealedSize
}

func (b *objectBlob) frame(n int) ([]byte, error) {
	if n < 0 || n >= b.count {
		return nil, fmt.Errorf("frame %d of %d: %w", n, b.count, ErrMissing)
	}
	if b.first < 0 || n < b.first || n >= b.first+windowFrames {
		if err := b.read(n); err != nil {
			return nil, err
		}
	}
	from, to := frameAt(n)-frameAt(b.first), min(frameAt(n+1), b.size)-frameAt(b.first)
	return b.window[from:to:to], nil
}

// read fetches the window that begins with a frame.
func (b *objectBlob) read(n int) error {
	b.first = -1
	at, end := frameAt(n), min(frameAt(min(n+windowFrames, b.count)), b.size)
	var o minio.GetObjectOptions
	if err := o.SetRange(at, end-1); err != nil {
		return err
	}
	body, err := b.rack.client.GetObject(b.ctx, b.rack.bucket, b.name, o)
	if err != nil {
		return told(b.ref, err)
	}
	window := make([]byte, end-at)
	_, err = io.ReadFull(body, window)
	if err = errors.Join(err, body.Close()); err != nil {
		return told(b.ref, err)
	}
	b.first, b.window = n, window
	return nil
}

func (o *objects) old(ctx context.Context, before day.Instant, visit func([]string) error) error {
	if err := o.clearTemporary(before); err != nil {
		return err
	}
	var refs []string
	last, newest := "", day.Instant(0) // the content that is listed now, and its youngest object
	whole := func() error {
		if last == "" || newest >= before {
			return nil
		}
		if refs = append(refs, last); len(refs) < sweepBatch {
			return nil
		}
		err := visit(refs)
		refs = nil
		return err
	}
	root := o.prefix
	if root != "" {
		root += "/"
	}
	for info := range o.client.ListObjects(ctx, o.bucket, minio.ListObjectsOptions{Prefix: root, Recursive: true}) {
		if info.Err != nil {
			return told("", info.Err)
		}
		ref := path.Base(path.Dir(info.Key))
		if !isAddress(ref) {
			continue
		}
		if ref != last {
			if err := whole(); err != nil {
				return err
			}
			last, newest = ref, 0
		}
		newest = max(newest, written(info.Key))
	}
	if err := whole(); err != nil || len(refs) == 0 {
		return errors.Join(err, ctx.Err())
	}
	return visit(refs)
}

// clearTemporary removes uploads that were broken off.
func (o *objects) clearTemporary(before day.Instant) error {
	files, err := os.ReadDir(o.tmp)
	for _, f := range files {
		if info, infoErr := f.Info(); infoErr == nil && day.FromTime(info.ModTime()) < before {
			err = errors.Join(err, os.Remove(path.Join(o.tmp, f.Name())))
		}
	}
	return err
}

func (o *objects) remove(ctx context.Context, before day.Instant, refs []string) error {
	for _, ref := range refs {
		var names []string
		if err := o.any(ctx, ref, func(i minio.ObjectInfo) error {
			if written(i.Key) < before {
				names = append(names, i.Key)
			}
			return nil
		}); err != nil {
			return err
		}
		for _, name := range names {
			if err := o.client.RemoveObject(ctx, o.bucket, name, minio.RemoveObjectOptions{}); err != nil {
				return told(ref, err)
			}
		}
	}
	return nil
}
