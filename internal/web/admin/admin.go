// Package admin is a room of the pages.
package admin
