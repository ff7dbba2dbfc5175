package drive

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Trial is one row of the table that "make faults" prints: what was done to the
// product, how often, and what was lost.
type Trial struct {
	What  string
	Tried string
	Lost  string
	Took  time.Duration
}

// Tell adds the row to the file named by TONGBAN_FAULTS_TABLE; without one it
// does nothing. Several test programs may add to the same file.
func (t Trial) Tell() error {
	path := os.Getenv("TONGBAN_FAULTS_TABLE")
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	flat := strings.NewReplacer("\t", " ", "\n", " ")
	_, err = fmt.Fprintf(f, "%s\t%s\t%s\t%.0f s\n", flat.Replace(t.What), flat.Replace(t.Tried), flat.Replace(t.Lost), t.Took.Seconds())
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
