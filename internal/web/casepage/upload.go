package casepage

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
)

const (
	valuesMax = 1 << 20  // bytes of all values of a form that carries files
	drainMax  = 64 << 20 // bytes of a refused file that are read so that its sender sees the answer
)

// Multipart reads a form that carries files without keeping any of them in
// memory: each file goes to take as it comes, under the name of its input.
// What take refuses is in the errors by that name; other errors end the reading.
func Multipart(r *http.Request, take func(input, name string, content io.Reader) error) (url.Values, []act.Field, error) {
	return MultipartUpTo(r, valuesMax, take)
}

// MultipartUpTo is Multipart for a form whose values may be as large as left bytes.
func MultipartUpTo(r *http.Request, left int64, take func(input, name string, content io.Reader) error) (url.Values, []act.Field, error) {
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, nil, act.Wrong("office.form.broken")
	}
	values := url.Values{}
	var wrong []act.Field
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			r.PostForm, r.Form = values, values
			return values, wrong, nil
		}
		if err != nil {
			return nil, nil, act.Wrong("office.form.broken")
		}
		if part.FileName() == "" {
			if left, err = addValue(values, part, left); err != nil {
				return nil, nil, err
			}
			continue
		}
		err = take(part.FormName(), part.FileName(), part)
		var e *act.Error
		if errors.As(err, &e) && (e.Kind == act.Invalid || e.Kind == act.Refused) {
			wrong = append(wrong, act.Field{Name: part.FormName(), Msg: e.Msg})
			_, err = io.CopyN(io.Discard, part, drainMax)
			if errors.Is(err, io.EOF) {
				err = nil
			}
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

func addValue(values url.Values, part *multipart.Part, left int64) (int64, error) {
	b, err := io.ReadAll(io.LimitReader(part, left+1))
	if err != nil || int64(len(b)) > left {
		return 0, act.Wrong("office.form.broken")
	}
	// An input for a file that was left empty comes without a name: it is no value.
	if part.Header.Get("Content-Type") == "" {
		values.Add(part.FormName(), string(b))
	}
	return left - int64(len(b)), nil
}
