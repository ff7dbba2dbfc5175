// Package fonts holds the font of printed papers and licences, which the build
// fetches into this folder (make fonts) and never commits.
package fonts

import (
	"embed"
	"io/fs"
)

//go:embed *
var files embed.FS

// Files is the folder: with the font when the binary was built with it.
func Files() fs.FS { return files }
