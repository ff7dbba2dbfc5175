package file_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
)

// serverProgram is the S3 server that the shelf of buckets is tried against, a
// program; "make s3" builds it and sets this. Without it buckets are not tried.
var serverProgram = os.Getenv("TONGBAN_S3_SERVER")

const accessKey, secretKey = "tongban-test", "tongban-test-secret"

func init() {
	if serverProgram == "" {
		return
	}
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	add := func(name string, e store.Engine) {
		kinds[name] = struct {
			engine store.Engine
			open   func(*rig) (*file.Shelf, error)
		}{e, inBucket}
	}
	add("bucket", store.SQLite)
	add("bucket postgres", store.Postgres)
}

// s3 is a server that runs.
type s3 struct {
	root, addr string
	process    *exec.Cmd
}

var (
	one     = sync.OnceValues(func() (*s3, error) { return startS3(os.TempDir()) })
	folders atomic.Int64
)

// inBucket opens a shelf in a part of its own of the one server's bucket.
func inBucket(r *rig) (*file.Shelf, error) {
	s, err := one()
	if err != nil {
		return nil, err
	}
	return file.InBucket(bg, r.store, r.vault, fmt.Sprintf("s3+http://%s/files/part-%d", s.addr, folders.Add(1)), filepath.Join(filepath.Dir(r.dir), "tmp"))
}

func TestMain(m *testing.M) {
	code := m.Run()
	if serverProgram != "" {
		if s, err := one(); err == nil {
			s.kill()
			_ = os.RemoveAll(s.root)
		}
	}
	os.Exit(code)
}

func startS3(in string) (*s3, error) {
	root, err := os.MkdirTemp(in, "tongban-s3-")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &s3{root: root, addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		return nil, err
	}
	return s, s.start()
}

func (s *s3) start() error {
	s.process = exec.CommandContext(bg, serverProgram, "--access", accessKey, "--secret", secretKey, "--port", s.addr, "posix", s.root)
	if err := s.process.Start(); err != nil {
		return err
	}
	client, err := minio.New(s.addr, &minio.Options{Creds: credentials.NewStaticV4(accessKey, secretKey, "")})
	if err != nil {
		return err
	}
	for range 100 {
		if err = client.MakeBucket(bg, "files", minio.MakeBucketOptions{}); err == nil || strings.HasPrefix(minio.ToErrorResponse(err).Code, "BucketAlready") {
			return nil
		}
		time.Sleep(50 * time.Millisecond) // until it listens
	}
	return err
}

func (s *s3) kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait() // it was killed
}

// While the store is away uploads and downloads say so, nothing is lost, and
// they go on when it is back.
func TestBucketAwayAndBack(t *testing.T) {
	if serverProgram == "" {
		t.Skip("make s3 runs it against a real server")
	}
	t.Parallel()
	s, err := startS3(t.TempDir())
	must(t, err)
	r := newRig(t, "folder")
	r.shelf, err = file.InBucket(bg, r.store, r.vault, "s3+http://"+s.addr+"/files", t.TempDir())
	must(t, err)
	k := r.key(t)
	a := r.put(t, k, aCase, "a.pdf", aPDF(100_000))
	s.kill()
	short, stop := context.WithTimeout(bg, 20*time.Second)
	defer stop()
	if _, err := r.shelf.Receive(short, k, "b.pdf", bytes.NewReader(aPDF(5000)), everything); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("an upload while it is away: %v", err)
	}
	if _, err := r.read(t, a.ID); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("a download while it is away: %v", err)
	}
	if _, err := r.shelf.Sweep(bg); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("sweeping while it is away: %v", err)
	}
	must(t, s.start())
	t.Cleanup(s.kill)
	got, err := r.read(t, a.ID)
	if err != nil || !bytes.Equal(got, aPDF(100_000)) {
		t.Fatalf("back again: %d bytes, %v", len(got), err)
	}
	r.put(t, k, aCase, "b.pdf", aPDF(5000))

	// On the store's own disk: what was changed is noticed, what is gone is said.
	var objects []string
	must(t, filepath.WalkDir(filepath.Join(s.root, "files"), func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			objects = append(objects, p)
			if b, readErr := os.ReadFile(p); readErr != nil || bytes.Contains(b, []byte("%PDF")) {
				t.Errorf("%s lies open (%v)", p, readErr)
			}
		}
		return err
	}))
	if len(objects) != 2 {
		t.Fatalf("%d objects", len(objects))
	}
	for _, p := range objects {
		b, err := os.ReadFile(p)
		must(t, err)
		b[len(b)-1] ^= 1
		must(t, os.WriteFile(p, b, 0o600))
	}
	if _, err := r.read(t, a.ID); !errors.As(err, new(vault.Tampered)) {
		t.Fatalf("a changed object: %v", err)
	}
	for _, p := range objects {
		must(t, os.Remove(p))
	}
	if _, err := r.read(t, a.ID); !errors.Is(err, file.ErrMissing) || says(err) != "file.lost" {
		t.Fatalf("a lost object: %v", err)
	}
}

func TestBucketAddresses(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	for _, bad := range []string{"", "http://a/b", "s3://key:secret@host/bucket", "s3+http://127.0.0.1:1/bucket"} {
		ctx, stop := context.WithTimeout(bg, 5*time.Second)
		if _, err := file.InBucket(ctx, r.store, r.vault, bad, t.TempDir()); err == nil {
			t.Errorf("%q was taken", bad)
		}
		stop()
	}
}
