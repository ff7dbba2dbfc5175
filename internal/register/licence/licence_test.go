package licence_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/licence"
	"tongban/internal/register/licence/sheet"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

func TestIssuedLicenceIsRealForWhoeverScansIt(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		l := d.issued()
		parsed, err := gbcode.ParseLicence(l.Number)
		if err != nil || len(parsed.Warnings) > 0 || parsed.Type != "11990124YH0000034J901" || parsed.Version != 1 {
			t.Errorf("number %s: %+v %v", l.Number, parsed, err)
		}
		s := d.shown(l.ID)
		if s.Document.Holder != "林晓禾" || s.Last() != day.MustParse("2031-11-22") || len(s.Document.Fields) != 4 {
			t.Errorf("shown to its holder: %+v", s.Document)
		}
		v := d.verify(strings.ToLower(sheet.Spaced(s.Code)))
		if !v.Real || v.State != licence.Valid || v.Holder != "林*禾" || v.Agency != "云禾县市场监督管理局" || v.Number != l.Number || v.Sample {
			t.Errorf("scanned: %+v", v)
		}
		if len(v.Fields) != 2 || v.Fields[0] != (licence.Field{Label: "经营者", Value: "林*禾"}) || v.Fields[1].Label != "经营场所" {
			t.Errorf("anybody sees more than they need: %+v", v.Fields)
		}
		d.Read(func(tx *store.Tx) error {
			_, err := d.r.Verify(tx, "AAAAAAAAAAAAAAAA")
			if codeOf(err) != "licence.no_such_code" || act.KindOf(err) != act.NotFound {
				t.Errorf("an invented code: %v", err)
			}
			mine, err := licence.OfHolder(tx, 7, 0, 10)
			if len(mine) != 1 || mine[0].ID != l.ID {
				t.Errorf("of its holder: %v %v", mine, err)
			}
			digest, err := licence.Digest(tx, l.Root)
			if acts := d.acts(l.Root); len(acts) != 1 || acts[0].Kind != "licence.issued" || acts[0].State != hex.EncodeToString(digest) {
				t.Errorf("acts: %+v", acts)
			}
			return err
		})
	})
}

// Nothing personal lies in clear in the row or in the ledger.
func TestNothingPersonalLiesInClear(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		l := d.issued()
		if _, err := d.act(func(c *act.Call) (*licence.Licence, error) {
			return d.r.Revoke(c, l.ID, licence.Ending{Article: "行政许可法第六十九条", Reason: "材料里的林晓禾签名不是本人写的"})
		}); err != nil {
			t.Fatal(err)
		}
		d.Read(func(tx *store.Tx) error {
			var all []byte
			err := tx.Each(func(r store.Row) error {
				var code, content, reason []byte
				var label, article string
				err := r.Scan(&code, &content, &reason, &label, &article)
				all = append(append(append(append(append(all, code...), content...), reason...), label...), article...)
				return err
			}, `select code, content, ended_reason, label, ended_article from licence`)
			if err != nil {
				return err
			}
			return tx.Each(func(r store.Row) error {
				var leaf []byte
				err := r.Scan(&leaf)
				for _, secret := range []string{"林晓禾", "0013", "桑园路", "5550030", d.shown(l.ID).Code} {
					if bytes.Contains(append(leaf, all...), []byte(secret)) {
						t.Errorf("%s lies in clear", secret)
					}
				}
				return err
			}, `select leaf from event`)
		})
	})
}

func TestStatesFollowDaysAndActs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		l, err := d.issue(func(in *licence.Issue) { in.From, in.Months = today+10, 12 })
		must(t, err)
		code := d.shown(l.ID).Code
		at := func(on day.Day, want licence.State) {
			t.Helper()
			d.Set(on.Start())
			if v := d.verify(code); v.State != want || !v.Real {
				t.Errorf("on %s: %s, real %v %v; want %s", on, v.State, v.Real, v.Faults, want)
			}
		}
		end := (today + 10).AddMonths(12)
		at(today, licence.Future)
		at(today+9, licence.Future)
		at(today+10, licence.Valid)
		at(end-1, licence.Valid)
		at(end, licence.Expired)

		d.Set((today + 20).Start())
		move := func(f func(*act.Call, int64, licence.Ending) (*licence.Licence, error), want string) {
			t.Helper()
			_, err := d.act(func(c *act.Call) (*licence.Licence, error) {
				return f(c, l.ID, licence.Ending{Article: "示范办法第十条", Reason: "整改", Notify: []int64{7}})
			})
			if codeOf(err) != want {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		move(d.r.Resume, "licence.not_now")
		move(d.r.Suspend, "")
		at(today+20, licence.Suspended)
		move(d.r.Suspend, "licence.not_now")
		move(d.r.Resume, "")
		at(today+20, licence.Valid)
		move(d.r.Revoke, "")
		at(end+1, licence.Revoked)
		move(d.r.Resume, "licence.not_now")
		move(d.r.Revoke, "licence.not_now")
		if s := d.shown(l.ID); s.Reason != "整改" || s.EndedDay != today+20 {
			t.Errorf("why: %q since %s", s.Reason, s.EndedDay)
		}
		acts := d.acts(l.Root)
		if len(acts) != 4 || acts[3].Rules[0].Article != "示范办法第十条" || fmt.Sprint(acts[3].Facts["notify"]) != "[7]" {
			t.Errorf("%d acts: %+v", len(acts), acts)
		}
	})
}

func TestAmendedLicenceTakesTheOldOnesPlace(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		old := d.issued()
		was := d.shown(old.ID)
		amend := func(id int64) (*licence.Licence, error) {
			return d.act(func(c *act.Call) (*licence.Licence, error) {
				return d.r.Amend(c, id, licence.Amendment{HolderName: "林小禾", Fields: was.Document.Fields[1:], Article: "示范办法第十二条", Reason: "名字写错"})
			})
		}
		l, err := amend(old.ID)
		must(t, err)
		if _, err := amend(old.ID); codeOf(err) != "licence.not_now" {
			t.Errorf("the old version amended again: %v", err)
		}
		now := d.shown(l.ID)
		if now.Document.Holder != "林小禾" || len(now.Document.Fields) != 4 || now.Version != 2 || now.Root != old.ID || now.Span != old.Span || now.Code == was.Code {
			t.Errorf("the new version: %+v", now)
		}
		if v := d.verify(was.Code); v.State != licence.Superseded || v.Newer != l.Number || v.Holder != "林*禾" || !v.Real {
			t.Errorf("the old code: %+v", v)
		}
		if v := d.verify(now.Code); v.State != licence.Valid || !v.Real || v.Holder != "林*禾" {
			t.Errorf("the new code: %+v", v)
		}
		d.Read(func(tx *store.Tx) error {
			mine, err := licence.OfHolder(tx, 7, 0, 10)
			if len(mine) != 1 || mine[0].ID != l.ID {
				t.Errorf("of its holder: %d", len(mine))
			}
			digest, derr := licence.Digest(tx, l.Root)
			must(t, derr)
			if acts := d.acts(l.Root); len(acts) != 2 || acts[1].State != hex.EncodeToString(digest) || acts[1].Facts["replaces"] != old.Number {
				t.Errorf("acts: %+v", acts)
			}
			return err
		})
	})
}

// Whoever writes into the database is found out by the seal or by the ledger.
func TestChangedRowIsFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		for column, set := range map[string]string{
			"until_day": `until_day = until_day + 365`, "label": `label = '别人'`, "number": `number = number || 'X'`, "sample": `sample = true`,
			"signature": `signature = (select o.signature from licence o where o.id <> licence.id limit 1)`,
			"key_id":    `key_id = 'seal-1'`, "agency": `agency = 'xfjy'`,
			"content": `content = (select o.content from licence o where o.id <> licence.id limit 1)`,
		} {
			l, _ := d.issued(), d.issued()
			code := d.shown(l.ID).Code
			d.Do(func(tx *store.Tx) error {
				_, err := tx.Exec(`update licence set `+set+` where id = $1`, l.ID)
				return err
			})
			if v := d.verify(code); v.Real || len(v.Faults) == 0 {
				t.Errorf("%s changed and still real", column)
			}
			d.Read(func(tx *store.Tx) error {
				digest, err := licence.Digest(tx, l.Root)
				if d.acts(l.Root)[0].State == hex.EncodeToString(digest) {
					t.Errorf("%s changed and the ledger agrees", column)
				}
				return err
			})
		}
	})
}

func TestWhatCannotBeIssued(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		for want, change := range map[string]func(*licence.Issue){
			"vault.no_seal": func(in *licence.Issue) { in.Agency = "xfjy" },
			"gbcode.length": func(in *licence.Issue) { in.Type = "11990124YH0000034J9" },
			"seal.lacks":    func(in *licence.Issue) { in.AgencyName = "" },
		} {
			if _, err := d.issue(change); codeOf(err) != want {
				t.Errorf("want %s, got %v", want, err)
			}
		}
		d.Read(func(tx *store.Tx) error {
			list, err := licence.OfProceeding(tx, 77)
			if len(list) != 0 {
				t.Errorf("%d licences were left behind", len(list))
			}
			return err
		})
	})
}

// The case's key may be destroyed; the register still tells the state, and can
// still revoke.
func TestErasedContentLeavesTheState(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, d *desk) {
		l := d.issued()
		code := d.shown(l.ID).Code
		d.Do(func(tx *store.Tx) error { return d.Vault.Erase(tx, d.key.ID()) })
		if _, err := d.act(func(c *act.Call) (*licence.Licence, error) {
			return d.r.Revoke(c, l.ID, licence.Ending{Article: "行政许可法第七十条", Reason: "不会存下"})
		}); err != nil {
			t.Fatal(err)
		}
		if v := d.verify(code); v.Real || v.State != licence.Revoked || len(v.Faults) != 1 || v.Faults[0].Key != "vault.erased" {
			t.Errorf("%+v", v)
		}
	})
}

// A downloaded licence checks offline, here and with OpenSSL.
func TestFileVerifiesOffline(t *testing.T) {
	t.Parallel()
	d := newDesk(t, store.SQLite)
	l, err := d.issue(func(in *licence.Issue) { in.Sample = true })
	must(t, err)
	s := d.shown(l.ID)
	file, err := s.Sealed.File()
	must(t, err)
	var published vault.SealKey
	d.Read(func(tx *store.Tx) (err error) { published, _, err = d.Vault.SealPublic(tx, l.KeyID); return err })
	if f := licence.CheckFile(file, published.Public); !f.Whole() || !f.Document.Sample || f.Document.Number != l.Number {
		t.Errorf("%+v", f)
	}
	if f := licence.CheckFile(bytes.Replace(file, []byte("林"), []byte("王"), 1), published.Public); f.Whole() {
		t.Error("another name was accepted")
	}
	openssl := exec.Command("sh", "-ec", `head -n 2 F >content
		sed -n '/BEGIN SM2/,/END SM2/p' F | grep -v -e ----- -e : | base64 -d >signature
		sed -n '/BEGIN PUBLIC/,/END PUBLIC/p' F >public.pem
		openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in content -sigfile signature -digest sm3 -pkeyopt distid:1234567812345678`)
	openssl.Dir = t.TempDir()
	must(t, os.WriteFile(filepath.Join(openssl.Dir, "F"), file, 0o600))
	if out, err := openssl.CombinedOutput(); err != nil {
		t.Errorf("OpenSSL: %v\n%s", err, out)
	}
}

func TestPrintedLicence(t *testing.T) {
	t.Parallel()
	printer, err := sheet.New(os.DirFS("../../web/ui/fonts"), "https://demo.invalid/check/")
	if err != nil {
		t.Fatalf("%v: run make fonts", err)
	}
	d := newDesk(t, store.SQLite)
	s := d.shown(d.issued().ID)
	pdf, err := licence.PDF(printer, s)
	must(t, err)
	file := filepath.Join(t.TempDir(), "a.pdf")
	must(t, os.WriteFile(file, pdf, 0o600))
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (install the package poppler-utils): %v\n%s", err, out)
	}
	for _, want := range []string{"食品作坊经营许可证（示范）", s.Number, "持有人：林晓禾", "经营场所：云禾县云溪镇桑园路11号", "发证机关：云禾县市场监督管理局", "有效期限：2026年11月23日 至 2031年11月22日", sheet.Spaced(s.Code)} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not on the printed licence:\n%s", want, out)
		}
	}
}

func BenchmarkIssue(b *testing.B) {
	d := newDesk(b, store.SQLite)
	for b.Loop() {
		if _, err := d.issue(nil); err != nil {
			b.Fatal(err)
		}
	}
}
