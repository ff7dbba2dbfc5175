// Package package_test installs what "make package" built and runs it as the
// unit and the container would. It needs root, and asks for the packages in
// TONGBAN_DEB and TONGBAN_CONTAINER; "make package-test" gives them. What needs
// no package runs always.
package package_test

import (
	"bufio"
	"context"
	"debug/elf"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const unitFile = "../../packaging/tongban.service"

// exposureMost bounds what systemd says of the sandbox: 0 is nothing exposed, 10
// everything.
const exposureMost = 1.5

// TestSandbox asks systemd how much the unit exposes.
func TestSandbox(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd-analyze here")
	}
	out, err := exec.Command("systemd-analyze", "security", "--no-pager", "--offline=true", unitFile).CombinedOutput()
	m := regexp.MustCompile(`exposure level for \S+: ([0-9.]+)`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("no verdict: %v\n%s", err, out)
	}
	score, err := strconv.ParseFloat(string(m[1]), 64)
	t.Logf("exposure %.1f of 10", score)
	if err != nil || score > exposureMost {
		t.Errorf("exposure %.1f, at most %.1f: %v", score, exposureMost, err)
	}
}

// given is the path in a variable; without it the test is for another day.
func given(t *testing.T, name string) string {
	t.Helper()
	path := os.Getenv(name)
	if path == "" || os.Getuid() != 0 {
		t.Skip("make package-test runs this as root")
	}
	return path
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestProgramNeedsNothing reads the program's own table of what it needs.
func TestProgramNeedsNothing(t *testing.T) {
	t.Parallel()
	program := filepath.Join(given(t, "TONGBAN_CONTAINER"), "tongban")
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if libs, _ := f.ImportedLibraries(); len(libs) > 0 {
		t.Errorf("it needs %v", libs)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("it needs a loader")
		}
	}
	if out := run(t, program, "version"); !regexp.MustCompile(`^tongban [0-9]`).MatchString(out) {
		t.Errorf("the version is not stamped: %s", out)
	}
}

// TestInstall installs the package with dpkg in a copy of this system that is
// thrown away, looks at what it laid down, removes it, and sees that data and
// keys are left.
func TestInstall(t *testing.T) {
	t.Parallel()
	deb := given(t, "TONGBAN_DEB")
	root := overlay(t)
	in := func(line string) string {
		t.Helper()
		return run(t, "chroot", root, "/bin/sh", "-c", line)
	}
	run(t, "cp", deb, filepath.Join(root, "tmp", "tongban.deb"))
	in("apt-get --version >/dev/null; command -v adduser >/dev/null || touch /tmp/no-adduser")
	force := ""
	if _, err := os.Stat(filepath.Join(root, "tmp", "no-adduser")); err == nil {
		force = "--force-depends "
		in(`printf '#!/bin/sh\nexec useradd --system --user-group --home-dir /var/lib/tongban --no-create-home tongban\n' >/usr/sbin/adduser && chmod 755 /usr/sbin/adduser`)
	}
	in("dpkg " + force + "-i /tmp/tongban.deb")
	for line, want := range map[string]string{
		"stat -c '%U:%G %a' /etc/tongban/keys":            "root:root 700",
		"stat -c '%U:%G %a' /etc/tongban/keys/master.key": "root:root 600",
		"stat -c '%U:%G %a' /etc/tongban/tongban.env":     "root:root 600",
		"stat -c '%U:%G %a' /usr/bin/tongban":             "root:root 755",
		"getent passwd tongban | cut -d: -f6":             "/var/lib/tongban",
		"dpkg -s tongban | grep ^Status":                  "Status: install ok installed",
		"dpkg -V tongban | wc -l":                         "0",
	} {
		if got := strings.TrimSpace(in(line)); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	before := in("sha256sum /etc/tongban/keys/*; echo TONGBAN_REGION=990124 >>/etc/tongban/tongban.env")
	in("dpkg " + force + "-i /tmp/tongban.deb") // an upgrade
	if after := in("sha256sum /etc/tongban/keys/*; grep -q 990124 /etc/tongban/tongban.env"); after != before {
		t.Error("an upgrade changed the keys")
	}
	in("mkdir -p /var/lib/tongban && touch /var/lib/tongban/kept && dpkg " + force + "-P tongban")
	in("test -e /etc/tongban/keys/master.key && test -e /var/lib/tongban/kept && test ! -e /usr/bin/tongban")
}

// overlay is this system with everything that is written put aside.
func overlay(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no mount here: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	for _, d := range []string{"upper", "work", "root"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(dir, "root")
	if out, err := exec.Command("mount", "-t", "overlay", "overlay", "-o",
		fmt.Sprintf("lowerdir=/,upperdir=%s/upper,workdir=%s/work", dir, dir), root).CombinedOutput(); err != nil {
		t.Skipf("no overlay here: %s", out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", root).Run() })
	return root
}

// TestUnit runs the unit's own ExecStart line with its settings, as a user
// without rights, keys handed over as systemd does, and sees under strace that
// it asks the system for nothing that the unit forbids.
func TestUnit(t *testing.T) {
	t.Parallel()
	deb := given(t, "TONGBAN_DEB")
	for _, tool := range []string{"strace", "systemd-analyze"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no " + tool + " here")
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { //nolint:gosec // another user goes through it
		t.Fatal(err)
	}
	root := filepath.Join(dir, "root")
	run(t, "dpkg-deb", "-x", deb, root)
	unit := settings(t, filepath.Join(root, "lib/systemd/system/tongban.service"))
	state, keys := filepath.Join(dir, "state"), filepath.Join(dir, "keys")
	run(t, filepath.Join(root, "usr/bin/tongban"), "keys", "new", keys)
	if err := os.MkdirAll(filepath.Join(state, "tongban-signed"), 0o755); err != nil { //nolint:gosec // its owner changes below
		t.Fatal(err)
	}
	run(t, "chown", "-R", "65534:65534", dir)
	run(t, "chmod", "0440", filepath.Join(keys, "master.key"), filepath.Join(keys, "log.key")) // as an access list shows

	line := strings.Fields(unit["ExecStart"][0])
	trace := filepath.Join(dir, "trace")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, "strace", append([]string{"-f", "-o", trace, filepath.Join(root, line[0])}, line[1:]...)...)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) } // strace alone would not listen
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, Setpgid: true}
	cmd.Env = append(environment(t, filepath.Join(root, "etc/tongban/tongban.env")), "CREDENTIALS_DIRECTORY="+keys, "PATH=/usr/bin:/bin")
	for _, e := range unit["Environment"] {
		e = strings.ReplaceAll(e, "%d", keys)
		cmd.Env = append(cmd.Env, strings.ReplaceAll(e, "/var/lib/", state+"/"))
	}
	cmd.Env = append(cmd.Env, "TONGBAN_ADDR=127.0.0.1:0")
	base := start(t, cmd)
	get(t, base+"/readyz", "ready")
	get(t, base+"/", "<h1")
	get(t, base+"/metrics", "tongban_writable 1")
	time.Sleep(1500 * time.Millisecond) // it signs, settles and follows meanwhile
	cancel()
	_ = cmd.Wait()
	if _, err := os.Stat(filepath.Join(state, "tongban", "tongban.db")); err != nil {
		t.Errorf("no data in the state folder: %v", err)
	}
	forbidden(t, trace, unit["SystemCallFilter"])
}

// settings reads a unit: each key with its values.
func settings(t *testing.T, file string) map[string][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(k, "#") {
			list[k] = append(list[k], v)
		}
	}
	return list
}

func environment(t *testing.T, file string) []string {
	t.Helper()
	var list []string
	for k, v := range settings(t, file) {
		list = append(list, k+"="+v[len(v)-1])
	}
	return list
}

// start waits for the address on the first line.
func start(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = &tail{}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Cancel(); _ = cmd.Wait() })
	first, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(first, "http://") {
		t.Fatalf("it did not serve: %q %v\n%s", first, err, cmd.Stderr)
	}
	return strings.TrimSpace(first)
}

// tail keeps what was said last.
type tail struct{ b []byte }

// Write takes what was said.
func (w *tail) Write(b []byte) (int, error) {
	w.b = append(w.b, b...)
	w.b = w.b[max(0, len(w.b)-4000):]
	return len(b), nil
}

// String is what was said last.
func (w *tail) String() string { return string(w.b) }

func get(t *testing.T, url, holds string) {
	t.Helper()
	r, err := http.Get(url) //nolint:gosec // of the server just started
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(b), holds) {
		t.Errorf("%s: %d %v, without %q", url, r.StatusCode, err, holds)
	}
}

var (
	asked     = regexp.MustCompile(`^\d+ +(\w+)\(`)
	writeExec = regexp.MustCompile(`^\d+ +(?:mmap|mprotect|pkey_mprotect)\(.*(?:PROT_WRITE\|PROT_EXEC|PROT_READ\|PROT_WRITE\|PROT_EXEC)`)
)

// forbidden names the calls of the trace that the filters of the unit refuse,
// and memory that can be written and run.
func forbidden(t *testing.T, trace string, filters []string) {
	t.Helper()
	allowed := map[string]bool{}
	for _, f := range filters {
		sets, not := strings.CutPrefix(f, "~")
		for _, set := range strings.Fields(sets) {
			for _, name := range calls(t, set) {
				allowed[name] = !not
			}
		}
	}
	if len(allowed) < 100 {
		t.Fatalf("only %d calls are known", len(allowed))
	}
	f, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	used := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if m := asked.FindStringSubmatch(lines.Text()); m != nil {
			used[m[1]]++
		}
		if writeExec.MatchString(lines.Text()) {
			t.Errorf("MemoryDenyWriteExecute forbids: %s", lines.Text())
		}
	}
	var wrong []string
	for name := range used {
		if !allowed[name] {
			wrong = append(wrong, name)
		}
	}
	slices.Sort(wrong)
	t.Logf("%d different calls, refused by the filter: %v", len(used), wrong)
	for _, name := range wrong {
		// The runtime tries these and goes on without them.
		if !slices.Contains([]string{"setrlimit", "sched_setaffinity"}, name) {
			t.Errorf("SystemCallFilter forbids %s", name)
		}
	}
	if used["fsync"]+used["fdatasync"] == 0 || used["accept4"] == 0 {
		t.Errorf("the trace does not show a server at work: %v", used)
	}
}

// calls are the system calls of a set of systemd, with the sets inside it.
func calls(t *testing.T, set string) []string {
	t.Helper()
	if !strings.HasPrefix(set, "@") {
		return []string{set}
	}
	var list []string
	for line := range strings.Lines(run(t, "systemd-analyze", "--no-pager", "syscall-filter", set)) {
		name := strings.TrimSpace(line)
		switch {
		case name == "" || name == set || strings.HasPrefix(name, "#"):
		case strings.HasPrefix(name, "@"):
			list = append(list, calls(t, name)...)
		default:
			list = append(list, name)
		}
	}
	return list
}

// TestEmptyRoot runs the program as the container would: in a root that holds
// nothing but the image's files, read-only, as a user without rights, with room
// for data, keys and temporary files.
func TestEmptyRoot(t *testing.T) {
	t.Parallel()
	files := given(t, "TONGBAN_CONTAINER")
	root := t.TempDir()
	for _, d := range []string{"data", "keys", "tmp", "etc/ssl/certs"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil { //nolint:gosec // an image's
			t.Fatal(err)
		}
	}
	run(t, "cp", filepath.Join(files, "tongban"), filepath.Join(root, "tongban"))
	run(t, "cp", filepath.Join(files, "ca-certificates.crt"), filepath.Join(root, "etc/ssl/certs/"))
	inside := fmt.Sprintf(`set -e
mount --bind %[1]s %[1]s
for d in data keys tmp; do mount -t tmpfs -o mode=0700,uid=65532,gid=65532 tmpfs %[1]s/$d; done
mount -o remount,bind,ro %[1]s
exec chroot --userspec=65532:65532 %[1]s /tongban serve`, root)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", inside)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TONGBAN_ADDR=127.0.0.1:0"}
	for line := range strings.Lines(contents(t, filepath.Join(files, "Containerfile"))) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "ENV "); ok {
			for _, e := range strings.Fields(rest) {
				if !strings.HasPrefix(e, "TONGBAN_ADDR=") {
					cmd.Env = append(cmd.Env, e)
				}
			}
		}
	}
	base := start(t, cmd)
	get(t, base+"/readyz", "ready")
	get(t, base+"/", "<h1")
	cancel()
	if err := cmd.Wait(); err != nil && !strings.Contains(err.Error(), "canceled") {
		t.Errorf("it did not end well: %v\n%s", err, cmd.Stderr)
	}
}

func contents(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
