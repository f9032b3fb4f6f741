package systemd

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// nasty are texts that mean something to systemd.
var nasty = []string{
	"", " ", "plain", "with blank", "50%", "%n", "%%", "$HOME", "${HOME}", "$$", `"`, `'`, `\`, `\\`, `a\`, "a\nExecStart=/bin/evil",
	"\r[Install]", "a\x00b", "; /bin/evil", ";", "#", "-@:+!", "\t", "\x7f", "ä\u0085", "\xff\xfe", "\ufdd0", "\ufffd", "\U0001ffff", `\x41`, "=", "[Service]",
}

func FuzzValues(f *testing.F) {
	for i, s := range nasty {
		f.Add(s, nasty[(i+7)%len(nasty)])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		file := File{Name: "kubehost-web.service"}
		given := func(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "?") }
		args := []string{"first", given(a), given(b), "last"}
		start, err := command("/usr/bin/kubehost", args...)
		if err != nil {
			t.Fatal(err)
		}
		file.set("Unit", "Description", text(a))
		file.set("Unit", "RequiresMountsFor", paths("/"+a, "/"+b, "/last"))
		file.set("Service", "ExecStart", start)
		variable, err := assignment("NAME", b)
		if err == nil {
			file.set("Service", "Environment", variable)
		}
		file.set("Service", "Last", "1")
		got, perr := parse(file.Text())
		if perr != nil {
			t.Fatal(perr)
		}
		want := []string{"Unit/Description", "Unit/RequiresMountsFor", "Service/ExecStart", "Service/Environment", "Service/Last"}
		if err != nil {
			want = slices.Delete(want, 3, 4)
		}
		var keys []string
		for _, d := range got {
			keys = append(keys, d.section+"/"+d.key)
		}
		if !slices.Equal(keys, want) {
			t.Fatalf("directives %q, want %q\n%s", keys, want, file.Text())
		}
		same(t, "Description", []string{got[0].value}, []string{visible(a)}, "%")
		same(t, "RequiresMountsFor", words(t, got[1].value, false), whole("/"+a, "/"+b, "/last"), "%")
		same(t, "ExecStart", words(t, got[2].value, true)[1:], args, "%", "$")
		if err == nil {
			same(t, "Environment", words(t, got[3].value, true), []string{"NAME=" + b}, "%")
		}
	})
}

func words(t *testing.T, s string, escapes bool) []string {
	t.Helper()
	list, err := split(s, escapes)
	if err != nil {
		t.Fatalf("%v in %q", err, s)
	}
	return list
}

// same compares what systemd makes of words with what it should.
func same(t *testing.T, what string, got, want []string, marks ...string) {
	t.Helper()
	for i := range got {
		for _, mark := range marks {
			var err error
			if got[i], err = expanded(got[i], mark); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %q, want %q", what, got, want)
	}
}

// visible is what is left of free text.
func visible(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if odd(r) {
			return ' '
		}
		return r
	}, s), " ")
}

func whole(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return strings.ContainsFunc(s, odd) })
}

func odd(r rune) bool {
	noncharacter := r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe
	return unicode.IsControl(r) || r == unicode.ReplacementChar || noncharacter
}

func TestRefusedValues(t *testing.T) {
	for _, program := range []string{"kubehost", "", `/opt/"kubehost"`, "/opt/kube\nhost", `/opt/kube\host`} {
		if v, err := command(program); err == nil {
			t.Errorf("command(%q) = %q, want an error", program, v)
		}
	}
	for _, arg := range []string{"a\x00b", "a\xffb"} {
		if v, err := command("/kubehost", arg); err == nil {
			t.Errorf("the argument %q became %q", arg, v)
		}
	}
	if v, err := assignment("NAME", "a\nb"); err == nil {
		t.Errorf("a value of two lines became %q", v)
	}
}
