package drive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"tongban/internal/demo"
)

// Build builds the binary into dir and returns its path. The Go command keeps
// what did not change, so that a second build costs little.
func Build(dir string) (string, error) {
	bin := dir + "/tongban"
	c := exec.Command("go", "build", "-trimpath", "-o", bin, "tongban/cmd/tongban")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the binary: %w\n%s", err, out)
	}
	return bin, nil
}

// Server is a running binary.
type Server struct {
	URL    string
	Ready  time.Duration // from the start of the process to the line that says it serves
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
	err    error         // how it ended
}

// startWithin is how long a server may take until it serves.
const startWithin = 60 * time.Second

// Serve starts "tongban serve" on a data folder and waits until it serves.
func Serve(bin, dir, database string, log io.Writer) (*Server, error) {
	args := []string{"serve", "--addr", "127.0.0.1:0", "--data", dir, "--region", demo.Region, "--origin", "drive.invalid/log"}
	if database != "" {
		args = append(args, "--database", database, "--single-server")
	}
	return Start(log, bin, args...)
}

// Start starts any command that prints its address on its first line.
func Start(log io.Writer, bin string, args ...string) (*Server, error) {
	s := &Server{cmd: exec.Command(bin, args...), exited: make(chan struct{})}
	s.cmd.Stderr = log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line := make(chan string, 1)
	go func() {
		r := bufio.NewReader(out)
		first, _ := r.ReadString('\n')
		line <- strings.TrimSpace(first)
		_, _ = io.Copy(io.Discard, r)
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	select {
	case s.URL = <-line:
	case <-time.After(startWithin):
	}
	if !strings.HasPrefix(s.URL, "http") {
		s.Kill()
		return nil, fmt.Errorf("the server did not start: it said %q", s.URL)
	}
	s.Ready = time.Since(began)
	return s, nil
}

// Kill ends the server as a power cut would end the process: at once, wherever it is.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.exited
}

// Stop asks the server to stop and waits until it has.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
		return s.err
	case <-time.After(startWithin):
		s.Kill()
		return errors.New("the server did not stop")
	}
}

// PID is the process of the server.
func (s *Server) PID() int { return s.cmd.Process.Pid }
