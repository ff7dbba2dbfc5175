// Command tongban is the whole product in one binary: the platform itself and
// the rules of the law as tools for people at a shell.
//
// It only wires: what is done lies in internal/. A command is a struct of the
// grammar with a Run method in a file named for it.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
