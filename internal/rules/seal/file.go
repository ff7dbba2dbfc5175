package seal

import (
	"bytes"
	"encoding/pem"

	"tongban/internal/rules/wording"
)

// The PEM blocks of a sealed file.
const (
	signatureBlock = "SM2 SIGNATURE"
	publicBlock    = "PUBLIC KEY"
	keyHeader      = "Key"
)

// File writes the sealed document as the file that a person downloads.
func (s Sealed) File() ([]byte, error) {
	public, _ := pem.Decode(s.Public)
	if public == nil || public.Type != publicBlock {
		return nil, wording.M("seal.file")
	}
	var b bytes.Buffer
	b.Write(s.Content)
	b.WriteByte('\n')
	if err := pem.Encode(&b, &pem.Block{Type: signatureBlock, Headers: map[string]string{keyHeader: s.KeyID}, Bytes: s.Signature}); err != nil {
		return nil, err
	}
	err := pem.Encode(&b, &pem.Block{Type: publicBlock, Bytes: public.Bytes})
	return b.Bytes(), err
}

// ParseFile reads a downloaded file. It takes only the exact bytes that File
// writes, except for the line ends that a mail program may have changed. Its
// errors are messages.
func ParseFile(file []byte) (Sealed, error) {
	if len(file) > 2*contentMax {
		return Sealed{}, wording.M("seal.file")
	}
	file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n"))
	cut := bytes.Index(file, []byte("\n\n-----BEGIN "+signatureBlock+"-----\n"))
	if cut < 0 || !bytes.HasPrefix(file, []byte(Format+"\n")) {
		return Sealed{}, wording.M("seal.format", "format", Format)
	}
	sig, rest := pem.Decode(file[cut+2:])
	if sig == nil || sig.Type != signatureBlock {
		return Sealed{}, wording.M("seal.file")
	}
	public, _ := pem.Decode(rest)
	if public == nil || public.Type != publicBlock {
		return Sealed{}, wording.M("seal.file")
	}
	s := Sealed{
		Content: file[:cut+1], KeyID: sig.Headers[keyHeader], Signature: sig.Bytes,
		Public: pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: public.Bytes}),
	}
	again, err := s.File()
	if err != nil || !bytes.Equal(again, file) {
		return Sealed{}, wording.M("seal.file")
	}
	return s, nil
}

// CheckFile reads and checks a downloaded file, offline.
func CheckFile(file []byte, verify Verify, known ...[]byte) Finding {
	s, err := ParseFile(file)
	if err != nil {
		m, _ := err.(wording.Message)
		return Finding{Faults: []wording.Message{m}}
	}
	return Check(s, verify, known...)
}
