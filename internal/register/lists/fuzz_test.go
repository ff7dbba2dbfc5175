package lists_test

import (
	"bytes"
	"strings"
	"testing"

	"tongban/internal/register/lists"
)

// sound holds a batch that was read of whatever somebody handed in: it is
// changes of one list or problems with words, and never too much of either.
func sound(t *testing.T, k *lists.Kind, b lists.Batch) {
	t.Helper()
	if b.List != k.Key || len(b.Changes) > lists.MostRows {
		t.Fatalf("%s, %d changes", b.List, len(b.Changes))
	}
	if all := b.Problems.Error(); strings.Contains(all, "⟦") {
		t.Fatal(all)
	}
}

// FuzzReadCSV: any text ends as changes or as problems with words.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("抽查编码,抽查事项,类别,抽查部门\nS-1,甲,一般检查,scjg\n"), "")
	f.Add([]byte("\xef\xbb\xbfcode,name,type,agency,object,content,basis,method,ratio,times,操作,版本\nS-1,'=1,x,y,z,a,b,c,５,2,取消,3\n"), "")
	f.Add([]byte("所属编码,环节,责任\nA-1,受理,\"甲\n乙\"\n"), "duties")
	f.Add([]byte("\xc8\xa8\xc1\xa6\xb1\xe0\xc2\xeb,x\n"), "")
	f.Add([]byte("\xff\xfea\x00,\x00"), "")
	f.Fuzz(func(t *testing.T, src []byte, part string) {
		for _, key := range []string{"inspection", "power"} {
			k := kind(t, key)
			sound(t, k, lists.ReadCSV(k, part, bytes.NewReader(src)))
		}
	})
}

// FuzzReadJSON: the same of any document.
func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"format":"tongban-list/1","list":"power","entries":[{"code":"A-1","name":"甲","type":"01","agency":"scjg","_version":2,"duties":[{"step":"受理","text":"乙"},3]}]}`))
	f.Add([]byte(`{"entries":[{"_op":"end","code":"A-1"},{"code":1e99,"basis":"x","duties":{}}]}`))
	f.Add([]byte(`{"entries":[null]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		k := kind(t, "power")
		sound(t, k, lists.ReadJSON(k, bytes.NewReader(src)))
	})
}

// FuzzReadExcel: the same of any file, most of them no workbooks.
func FuzzReadExcel(f *testing.F) {
	k := kind(f, "power")
	var b bytes.Buffer
	must(f, lists.Export{Kind: k}.Excel(&b, nil))
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, src []byte) {
		sound(t, k, lists.ReadExcel(k, bytes.NewReader(src), int64(len(src))))
	})
}
