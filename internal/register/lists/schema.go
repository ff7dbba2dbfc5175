package lists

import (
	"encoding/json"
)

// Schema is the JSON Schema (2020-12) of a list as Export.JSON writes it and
// ReadJSON reads it, made from the kind.
func (k *Kind) Schema() ([]byte, error) {
	properties, required := map[string]any{}, []string{}
	columnsSchema(k.Columns, properties, &required)
	for _, t := range k.Tables {
		below, must := map[string]any{}, []string{}
		columnsSchema(t.Columns, below, &must)
		properties[t.Key] = map[string]any{"type": "array", "title": t.Title, "x-title-en": t.TitleEN, "minItems": t.Min, "maxItems": mostRows, "items": object(below, must)}
		if t.Min > 0 {
			required = append(required, t.Key)
		}
	}
	properties["_version"] = map[string]any{"type": "integer", "minimum": 0}
	properties["_op"] = map[string]any{"enum": []Op{Put, Add, Edit, End}}
	for _, key := range []string{"_from", "_until"} {
		properties[key] = map[string]any{"type": "string", "format": "date"}
	}
	entry := object(properties, required)
	// What ends an entry says no more than its code.
	entry["if"] = map[string]any{"properties": map[string]any{"_op": map[string]any{"const": End}}, "required": []string{"_op"}}
	entry["then"] = map[string]any{"required": []string{"code"}}
	entry["else"] = map[string]any{"required": entry["required"]}
	delete(entry, "required")
	all := object(map[string]any{
		"format": map[string]any{"const": jsonFormat}, "list": map[string]any{"const": k.Key}, "name": map[string]any{"type": "string"},
		"on": map[string]any{"type": "string"}, "seq": map[string]any{"type": "integer"}, "entries": map[string]any{"type": "array", "items": entry},
	}, []string{"format", "list", "entries"})
	all["$schema"], all["title"], all["description"] = "https://json-schema.org/draft/2020-12/schema", k.Name, k.About
	return json.MarshalIndent(all, "", "  ")
}

func object(properties map[string]any, required []string) map[string]any {
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func columnsSchema(columns []Column, properties map[string]any, required *[]string) {
	for i := range columns {
		c := &columns[i]
		properties[c.Key] = c.schema()
		if c.Required {
			*required = append(*required, c.Key)
		}
	}
}

func (c *Column) schema() map[string]any {
	s := map[string]any{"type": "string", "title": c.Title, "x-title-en": c.TitleEN, "x-type": string(c.Type)}
	switch c.Type {
	case Number, Money:
		s["type"], s["minimum"] = "integer", c.Min
		if c.Max != 0 {
			s["maximum"] = c.Max
		}
	case YesNo:
		s["type"] = "boolean"
	case Day:
		s["format"] = "date"
	case Choice:
		keys, titles := []string{}, map[string]string{}
		for _, o := range c.Choices {
			keys, titles[o.Key] = append(keys, o.Key), o.Title
		}
		delete(s, "type")
		s["enum"], s["x-labels"] = keys, titles
	case Code:
		if c.Pattern != "" {
			s["pattern"] = "^(?:" + c.Pattern + ")$"
		}
	default:
		s["maxLength"] = mostText
		if c.Type == Text && c.Max != 0 {
			s["maxLength"] = c.Max
		}
	}
	if c.Help != "" {
		s["description"] = c.Help
	}
	return s
}
