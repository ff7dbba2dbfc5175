package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// upload begins a draft and hands a file in for it; what is acknowledged is kept
// in mind. An upload repeated would be a second file: it has no answer to repeat.
func (g *group) upload(w, n int) error {
	type draft struct {
		Draft int64 `json:"draft"`
	}
	d, err := drive.Ask[draft](g.ctx, g.persons[w], http.MethodPost, "/api/v1/drafts", fmt.Sprintf("draft-%05d", n), map[string]any{"item": g.filed.item})
	if err != nil {
		return err
	}
	content := fmt.Appendf(nil, "%%PDF-1.4\n%% %d\n%s\n%%%%EOF\n", n, bytes.Repeat([]byte{'a' + byte(n%26)}, 1000+n*7919%90_000))
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "plan.pdf")
	if err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return err
	}
	got, err := g.persons[w].Upload(g.ctx, fmt.Sprintf("/api/v1/drafts/%d/files?material=%s", d.Draft, g.filed.material), fmt.Sprintf("upload-%05d", n), form.FormDataContentType(), &body)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.files == nil {
		g.files = map[int64][]byte{}
	}
	g.files[got] = content
	return nil
}

// keepsFile reads a file that was acknowledged.
func (g *group) keepsFile(tx *store.Tx, c *drive.County, id int64) error {
	at, found, err := c.House.Files.Get(tx, id)
	if err != nil || !found {
		return fmt.Errorf("file %d is not there: %w", id, err)
	}
	content, err := c.House.Files.Open(g.ctx, at)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	b, err := io.ReadAll(content)
	if err == nil && !bytes.Equal(b, g.files[id]) {
		err = fmt.Errorf("the content of file %d is another", id)
	}
	return err
}
