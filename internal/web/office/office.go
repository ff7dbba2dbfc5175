// Package office is a room of the pages.
package office
