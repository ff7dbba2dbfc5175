package seal_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/day"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

// stamp signs with a digest: enough to see what is covered.
type stamp struct{ id string }

func (s stamp) KeyID() string { return s.id }
func (s stamp) Public() []byte {
	return []byte("-----BEGIN PUBLIC KEY-----\nc3RhbXAgZm9yIHRlc3Rz\n-----END PUBLIC KEY-----\n")
}
func (s stamp) Sign(msg []byte) ([]byte, error) {
	sum := sha256.Sum256(append([]byte(nil), msg...))
	return sum[:], nil
}

func verify(public, msg, sig []byte) bool {
	sum := sha256.Sum256(msg)
	return bytes.Equal(sum[:], sig) && bytes.Equal(public, stamp{}.Public())
}

func sample() seal.Document {
	return seal.Document{
		Kind: "licence", Number: "1.2.156.3005.2.X.Y.1.001.Z", Title: "食品作坊经营许可证（示范）", Agency: "云禾县市场监督管理局", USCC: "11990124YH0000034J",
		Holder: "林晓禾", Day: day.MustParse("2026-11-22"), From: day.MustParse("2026-11-22"), Last: day.MustParse("2031-11-21"),
		Fields: []seal.Field{{Label: "经营场所", Value: "云溪镇 <桑园> & 路 \"11\" 号"}, {Label: "证件号码", Value: "9*************3", Personal: true}},
		Body:   "第一行\n第二行\u2028", Sample: true,
	}
}

func made(t testing.TB, d seal.Document) seal.Sealed {
	t.Helper()
	s, err := seal.Make(d, stamp{"seal-7"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The bytes are a promise to everybody who keeps a file: they never change.
func TestCanonicalBytesAreFixed(t *testing.T) {
	t.Parallel()
	want := "tongban-sealed/1\n" + `{"kind":"licence","number":"1.2.156.3005.2.X.Y.1.001.Z","title":"食品作坊经营许可证（示范）","agency":"云禾县市场监督管理局",` +
		`"uscc":"11990124YH0000034J","holder":"林晓禾","day":"2026-11-22","from":"2026-11-22","last":"2031-11-21",` +
		`"fields":[{"label":"经营场所","value":"云溪镇 <桑园> & 路 \"11\" 号","personal":false},{"label":"证件号码","value":"9*************3","personal":true}],` +
		`"body":"第一行\n第二行\u2028","sample":true,"key":"seal-7"}` + "\n"
	if got := string(made(t, sample()).Content); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestEveryChangedByteOfAFileIsFound(t *testing.T) {
	t.Parallel()
	s := made(t, sample())
	file, err := s.File()
	if err != nil {
		t.Fatal(err)
	}
	if f := seal.CheckFile(file, verify, stamp{}.Public()); !f.Whole() || f.Document.Holder != "林晓禾" {
		t.Fatalf("the file itself: %+v", f)
	}
	if f := seal.CheckFile(bytes.ReplaceAll(file, []byte("\n"), []byte("\r\n")), verify, stamp{}.Public()); !f.Whole() {
		t.Errorf("line ends of a mail program: %v", f.Faults)
	}
	for i := range file {
		for _, flip := range []byte{1, 0x20, 0x80} {
			changed := bytes.Clone(file)
			changed[i] ^= flip
			if f := seal.CheckFile(changed, verify, stamp{}.Public()); f.Whole() {
				t.Fatalf("byte %d (%q) changed to %q and nobody noticed", i, file[i], changed[i])
			}
		}
		if f := seal.CheckFile(file[:i], verify, stamp{}.Public()); f.Whole() {
			t.Fatalf("cut after %d bytes and nobody noticed", i)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := made(t, sample())
	for name, c := range map[string]struct {
		change func(*seal.Sealed)
		want   string
	}{
		"content": {func(s *seal.Sealed) { s.Content = bytes.Replace(s.Content, []byte("2031"), []byte("2041"), 1) }, "seal.signature"},
		"a space": {func(s *seal.Sealed) { s.Content = bytes.Replace(s.Content, []byte(`,"`), []byte(`, "`), 1) }, "seal.touched"},
		"a member": {func(s *seal.Sealed) {
			s.Content = bytes.Replace(s.Content, []byte(`{"kind"`), []byte(`{"x":1,"kind"`), 1)
		}, "seal.touched"},
		"a twin": {func(s *seal.Sealed) {
			s.Content = bytes.Replace(s.Content, []byte(`{"kind"`), []byte(`{"kind":"a","kind"`), 1)
		}, "seal.touched"},
		"signature":   {func(s *seal.Sealed) { s.Signature = []byte{1} }, "seal.signature"},
		"other key":   {func(s *seal.Sealed) { s.KeyID = "seal-8" }, "seal.other_key"},
		"next format": {func(s *seal.Sealed) { s.Content = bytes.Replace(s.Content, []byte("/1"), []byte("/2"), 1) }, "seal.format"},
	} {
		s := good
		c.change(&s)
		f := seal.Check(s, verify, stamp{}.Public())
		if len(f.Faults) != 1 || f.Faults[0].Key != c.want || f.Whole() {
			t.Errorf("%s: %v", name, f.Faults)
		}
	}
	if f := seal.Check(good, verify); f.Whole() || f.Known || len(f.Faults) != 0 {
		t.Errorf("a key from nowhere else must leave Known false: %+v", f)
	}
}

func TestWhatCannotBeSealed(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*seal.Document){
		"seal.lacks":    func(d *seal.Document) { d.Number = "" },
		"seal.not_text": func(d *seal.Document) { d.Fields[0].Value = "\xff" },
		"seal.too_long": func(d *seal.Document) { d.Body = string(bytes.Repeat([]byte("字"), 1<<19)) },
	} {
		d := sample()
		change(&d)
		_, err := seal.Make(d, stamp{"k"})
		if m, _ := err.(wording.Message); m.Key != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestWhatWasSealedReadsBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		d := seal.Document{
			Kind: text.Draw(t, "kind") + "k", Number: text.Draw(t, "number") + "1", Agency: text.Draw(t, "agency") + "局", Title: text.Draw(t, "title"),
			Holder: text.Draw(t, "holder"), Body: text.Draw(t, "body"), Day: day.Day(rapid.IntRange(1, 100_000).Draw(t, "day")),
			Last: day.Day(rapid.IntRange(0, 100_000).Draw(t, "last")), Sample: rapid.Bool().Draw(t, "sample"),
			Fields: rapid.SliceOf(rapid.Custom(func(t *rapid.T) seal.Field {
				return seal.Field{Label: text.Draw(t, "label"), Value: text.Draw(t, "value"), Personal: rapid.Bool().Draw(t, "personal")}
			})).Draw(t, "fields"),
		}
		s, err := seal.Make(d, stamp{"seal-1"})
		if err != nil {
			t.Fatal(err)
		}
		file, err := s.File()
		if err != nil {
			t.Fatal(err)
		}
		f := seal.CheckFile(file, verify, s.Public)
		again, err := f.Document.Bytes()
		if !f.Whole() || err != nil || !bytes.Equal(again, s.Content) || f.Document.Body != d.Body || len(f.Document.Fields) != len(d.Fields) {
			t.Fatalf("%v %v", f.Faults, err)
		}
	})
}

// The command line of the package comment cuts out what was sealed.
func TestShellCutsTheFileAsDocumented(t *testing.T) {
	t.Parallel()
	s, dir := made(t, sample()), t.TempDir()
	file, err := s.File()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "F"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	cut := exec.Command("sh", "-ec", `head -n 2 F >content
		sed -n '/BEGIN SM2/,/END SM2/p' F | grep -v -e ----- -e : | base64 -d >signature
		sed -n '/BEGIN PUBLIC/,/END PUBLIC/p' F >public.pem`)
	cut.Dir = dir
	if out, err := cut.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, want := range map[string][]byte{"content": s.Content, "signature": s.Signature, "public.pem": s.Public} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %q, want %q (%v)", name, got, want, err)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	file, err := made(f, sample()).File()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte(seal.Format + "\n{}\n"))
	f.Add([]byte(seal.Format + "\n{}\n\n-----BEGIN SM2 SIGNATURE-----\n-----END SM2 SIGNATURE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := seal.ParseFile(b)
		if err != nil {
			if _, ok := err.(wording.Message); !ok {
				t.Fatalf("not a message: %v", err)
			}
			return
		}
		again, err := s.File()
		if err != nil || !bytes.Equal(again, bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))) {
			t.Fatalf("read what we do not write: %q", b)
		}
		d, err := seal.Parse(s.Content)
		if err != nil {
			return
		}
		if c, err := d.Bytes(); err != nil || !bytes.Equal(c, s.Content) {
			t.Fatalf("two spellings of one document: %q", s.Content)
		}
	})
}
