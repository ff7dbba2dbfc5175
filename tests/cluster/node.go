package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"tongban/internal/demo"
	"tongban/tests/drive"
)

// node is one "tongban serve" on the common database.
type node struct {
	name string
	dir  string
	port int
	log  *os.File
	s    *drive.Server
}

// origin is the ledger of the county that is driven.
const origin = "drive.invalid/log"

// newNode makes the data folder of a node: the keys are the same on all.
func newNode(dir, keys, name string) (*node, error) {
	n := &node{name: name, dir: filepath.Join(dir, name)}
	if err := copyKeys(keys, filepath.Join(n.dir, "keys")); err != nil {
		return nil, err
	}
	var err error
	if n.log, err = os.Create(filepath.Join(dir, name+".log")); err != nil {
		return nil, err
	}
	n.port, err = freePort()
	return n, err
}

// copyKeys copies the key folder as an operator does: nobody else can read it.
func copyKeys(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	list, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f.Name()), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// start starts the node's server from a binary and waits until it serves.
func (n *node) start(bin, database string, more ...string) error {
	args := []string{"serve", "--addr", "127.0.0.1:" + strconv.Itoa(n.port), "--data", n.dir, "--database", database, "--region", demo.Region, "--origin", origin}
	s, err := drive.Start(n.log, bin, append(args, more...)...)
	if err != nil {
		return fmt.Errorf("%s: %w; its log is %s", n.name, err, n.log.Name())
	}
	n.s = s
	return nil
}

func (n *node) kill() {
	if n.s != nil {
		n.s.Kill()
		n.s = nil
	}
}

// stop ends the node gracefully.
func (n *node) stop() error {
	if n.s == nil {
		return nil
	}
	s := n.s
	n.s = nil
	return s.Stop()
}

// pause holds the process, wake lets it go on as if no time had passed.
func (n *node) pause() error { return syscall.Kill(n.s.PID(), syscall.SIGSTOP) }
func (n *node) wake() error  { return syscall.Kill(n.s.PID(), syscall.SIGCONT) }

func (n *node) url() string { return "http://127.0.0.1:" + strconv.Itoa(n.port) }
