package adjustments

import (
	"errors"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// Forms are the fields of an adjustment's forms.
type Forms struct {
	Head, Put, Upload, Empty, Convene, Agree, Opine, Decide, Redate []ui.Field
	Reason, Answer                                                  ui.Field
}

func (o *desk) forms(tx *store.Tx, d *One) error {
	f := &d.Forms
	f.Reason = field(ui.FieldText, "reason", false)
	if d.Can.Draft {
		receiver, err := o.agencies(tx, field(ui.FieldSelect, "receiver", true))
		if err != nil {
			return err
		}
		proposal, err := proposals(tx)
		if err != nil {
			return err
		}
		codes := field(ui.FieldArea, "codes", false)
		codes.Hint = ui.M("adjustments.hint.codes")
		moves := field(ui.FieldText, "moves", true)
		moves.Hint = ui.M("adjustments.hint.moves")
		f.Put = []ui.Field{listField(), doesField("", adjust.All), codes, receiver, proposal, moves, field(ui.FieldText, "note", true)}
		file := field(ui.FieldFile, "file", false)
		file.File, file.Hint = &ui.FileRule{Formats: []string{"xlsx", "csv", "json", "zip"}, MaxMB: uploadMax >> 20}, ui.M("adjustments.hint.file")
		of, does, giver := listField(), doesField("", contentful("")), giverField()
		of.Name, does.Name, giver.Name = "file_list", "file_does", "file_giver" // the form above has the others
		f.Upload = []ui.Field{of, does, giver, file}
		empty := listField()
		empty.Name = "of"
		f.Empty = []ui.Field{empty}
		if f.Head, err = o.headOf(tx, d.Adjustment); err != nil {
			return err
		}
	}
	if d.Can.Convene {
		members, err := o.members(tx, d)
		if err != nil {
			return err
		}
		f.Convene = []ui.Field{members, field(ui.FieldArea, "reason", true)}
	}
	yes := func(name string) ui.Field {
		return ui.Field{Kind: ui.FieldYesNo, Name: name, Label: ui.M("adjustments.field." + name), Inline: true}
	}
	f.Agree = []ui.Field{yes("agrees"), field(ui.FieldArea, "reason", true)}
	f.Opine = []ui.Field{yes("legal"), yes("reasonable"), field(ui.FieldArea, "reasons", false)}
	f.Decide = []ui.Field{yes("approve"), field(ui.FieldArea, "reason", true)}
	from := field(ui.FieldDay, "from", false)
	from.Value = d.From.String()
	f.Redate = []ui.Field{from}
	f.Answer = choices(field(ui.FieldSelect, "outcome", false), "adjust.comment.", adjust.Outcomes)
	return nil
}

// giverField asks from whom an item is taken over.
func giverField() ui.Field {
	f := field(ui.FieldText, "giver", true)
	f.Hint = ui.M("adjustments.hint.giver")
	return f
}

func listField() ui.Field {
	f := field(ui.FieldSelect, "list", false)
	f.Options = append(f.Options, ui.Option{Value: adjust.OnItems, Label: ui.M("adjustments.items")})
	for _, k := range lists.Kinds() {
		f.Options = append(f.Options, ui.Option{Value: k.Key, Label: ui.Both{ZH: k.Name, EN: k.NameEN}})
	}
	f.Value = "power"
	return f
}

func doesField(value adjust.Does, list []adjust.Does) ui.Field {
	f := field(ui.FieldSelect, "does", false)
	f.Value = string(value)
	for _, d := range list {
		f.Options = append(f.Options, ui.Option{Value: string(d), Label: d.Label()})
	}
	return f
}

// members are those who may give an opinion and wrote none of the draft.
func (o *desk) members(tx *store.Tx, d *One) (ui.Field, error) {
	f := field(ui.FieldChecks, "members", false)
	list, err := o.adjust.Candidates(tx, d.Adjustment)
	for _, c := range list {
		f.Options = append(f.Options, ui.Option{Value: strconv.FormatInt(c.Person, 10), Label: ui.Plain(c.AgencyName + " " + c.Name)})
	}
	return f, err
}

func moment(at day.Instant) ui.Text {
	if at == 0 {
		return ui.Plain("")
	}
	return ui.At(at)
}

// asField puts a sentence at the field that it is about.
func asField(name string, err error) error {
	var m wording.Message
	if errors.As(err, &m) {
		return act.WrongFields("adjust.wrong", []act.Field{{Name: name, Msg: m}})
	}
	return err
}
