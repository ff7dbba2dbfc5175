// Package portal is a room of the pages.
package portal
