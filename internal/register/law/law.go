// Package law is the library of laws (法规库): laws, rules and normative documents
// by article and version, each from one day to another. Everything that rests on
// an article points at it (Point) and is reached from it (Touching); a law that
// changes (立改废释) lists all that it touches; obstacles met in work are registered
// on the article, asked upward and answered.
//
// It judges nobody: it says what an article says on a day and who rests on it.
package law
