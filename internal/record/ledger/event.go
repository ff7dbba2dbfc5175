package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"tongban/internal/rules/day"
)

// Event is one act, as its command hands it over. What identifies a person goes
// into Personal, never into Facts.
type Event struct {
	Stream   string         // "case/123", "person/7", "catalog"
	Kind     string         // "case.accepted"
	Version  int            // of the kind's facts; 0 means 1
	Day      day.Day        // effective day; 0 means today
	By       By             // who, in which post, of which agency, as they then were
	Item     int64          // version of the item that the act rests on, if any
	Rules    []Rule         // the rules applied
	State    []byte         // digest of the stream's state after the act
	Facts    map[string]any // public facts of the kind
	Personal []Personal     // committed to, kept apart, erasable
}

// By is the person who acted. An applicant appears by number only.
type By struct {
	Person int64  `json:"person,omitempty"`
	Name   string `json:"name,omitempty"`
	Post   string `json:"post,omitempty"`
	Agency string `json:"agency,omitempty"`
	For    int64  `json:"for,omitempty"` // whom a stand-in or agent acted for
}

// Rule is an article with what it was applied to.
type Rule struct {
	Article string         `json:"article"`
	Inputs  map[string]any `json:"in,omitempty"`
}

// Personal is a value that identifies a person.
type Personal struct {
	Field string
	Value string
}

// Leaf is the envelope that the tree covers, frozen from the first day. Its JSON
// with the fields in this order and the maps in the order of their keys is the
// canonical form; what is stored and hashed are those bytes.
type Leaf struct {
	V       int               `json:"v"`
	Home    int64             `json:"home"`
	Stream  string            `json:"stream"`
	N       int64             `json:"n"`              // version of the stream after this act, from 1
	Prev    string            `json:"prev"`           // leaf hash of the stream's act before, hex; "" for the first
	Kind    string            `json:"kind"`           //
	KV      int               `json:"kv"`             // version of the kind
	At      int64             `json:"at"`             // instant recorded, µs UTC
	Day     string            `json:"day"`            // effective day
	By      By                `json:"by"`             //
	Item    int64             `json:"item,omitempty"` //
	Rules   []Rule            `json:"rules,omitempty"`
	State   string            `json:"state,omitempty"`  // digest of the state after, hex
	Facts   map[string]any    `json:"facts,omitempty"`  //
	Commits map[string]string `json:"fields,omitempty"` // field → commitment, hex
	Blind   string            `json:"blind"`            // 16 random bytes, hex: what is public could be guessed
}

// Chain is the head of a stream: its version and the leaf hash of its last act.
// Who owns the stream keeps it in the stream's root row.
type Chain struct {
	Version int64
	Leaf    []byte
}

const saltBytes = 32

// commitment binds a value without telling it: SHA-256 of salt, field and value,
// each with its length.
func commitment(salt []byte, field, value string) string {
	h := sha256.New()
	for _, part := range [][]byte{salt, []byte(field), []byte(value)} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ParseLeaf reads a leaf's stored bytes.
func ParseLeaf(b []byte) (Leaf, error) {
	var l Leaf
	if err := json.Unmarshal(b, &l); err != nil {
		return Leaf{}, fmt.Errorf("leaf: %w", err)
	}
	if l.V != 1 {
		return Leaf{}, fmt.Errorf("leaf of version %d, this program knows 1", l.V)
	}
	return l, nil
}

// parseSpine reads of a leaf what a verification compares. Facts are taken apart only
// where an act speaks of the record itself; that the rest is what was signed is the
// hash's to say.
func parseSpine(b []byte) (Leaf, error) {
	var s struct {
		V       int               `json:"v"`
		Home    int64             `json:"home"`
		Stream  string            `json:"stream"`
		N       int64             `json:"n"`
		Prev    string            `json:"prev"`
		Kind    string            `json:"kind"`
		At      int64             `json:"at"`
		State   string            `json:"state"`
		Commits map[string]string `json:"fields"`
	}
	if err := json.Unmarshal(b, &s); err != nil || s.V != 1 || s.Kind == kindRestored || bytes.Contains(b, []byte(`"`+FactErased+`"`)) {
		return ParseLeaf(b)
	}
	return Leaf{V: s.V, Home: s.Home, Stream: s.Stream, N: s.N, Prev: s.Prev, Kind: s.Kind, At: s.At, State: s.State, Commits: s.Commits}, nil
}
