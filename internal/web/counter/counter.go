// Package counter is a room of the pages.
package counter
