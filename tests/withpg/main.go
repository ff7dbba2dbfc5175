// Command withpg runs a command while one throw-away PostgreSQL server is up
// and named by TONGBAN_TEST_POSTGRES, so that all packages of a test run share
// it. A server that is named already is used as it is.
//
//	go run ./tests/withpg go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"tongban/internal/record/store/storetest"
)

const variable = "TONGBAN_TEST_POSTGRES"

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(code)
}

// run returns the exit code of the command. The server's files lie in a folder
// of their own, which goes with the run; the server itself ends with this
// process, however that ends.
func run(args []string) (int, error) {
	if len(args) == 0 {
		return 2, errors.New("no command given")
	}
	child := exec.Command(args[0], args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = os.Environ()
	if os.Getenv(variable) == "" {
		dir, err := os.MkdirTemp("", "tongban-test-")
		if err != nil {
			return 1, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		url, err := serverIn(dir)
		if err != nil {
			return 1, fmt.Errorf("start PostgreSQL: %w", err)
		}
		child.Env = append(child.Env, variable+"="+url)
	}
	// A key pressed at the terminal reaches the command too; it decides when to end.
	signal.Ignore(syscall.SIGINT)
	err := child.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}

// serverIn starts the server with its files in dir, which its user, not ours
// when we are root, must be able to pass through.
func serverIn(dir string) (string, error) {
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", err
	}
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return "", err
	}
	return storetest.Server()
}
