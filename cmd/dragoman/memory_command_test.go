package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/chat"
)

const tmx = `<tmx version="1.4"><header srclang="en"/><body>
<tu><tuv xml:lang="en"><seg>Where is order #1234?</seg></tuv><tuv xml:lang="es"><seg>¿Dónde está el pedido #1234?</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>lost #1</seg></tuv><tuv xml:lang="es"><seg>perdido</seg></tuv></tu>
</body></tmx>`

// TestMemoryCommands: a file comes in, serves a line without any engine, is listed, goes out and comes back, and is removed.
func TestMemoryCommands(t *testing.T) {
	data := t.TempDir()
	var site siteRow
	decode(t, good(t, "", "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", data, "--json"), &site)
	var got chat.Imported
	decode(t, good(t, tmx, "memory", "import", site.Key, "-", "--data", data, "--json"), &got)
	if got.Added != 1 || got.Refused != 1 || got.Refusals[0].Line != 3 || !strings.Contains(got.Refusals[0].Why, "not remembered") {
		t.Errorf("imported %+v", got)
	}
	var row translationRow
	decode(t, good(t, "", "translate", "--from", "en", "--to", "es", "--engine", "none", "--site", site.Key, "--data", data, "--json", "where is order #4711?"), &row)
	if row.Text != "¿Dónde está el pedido #4711?" || row.By != "import" || row.Source != "Where is order #1234?" || row.Engine != "" {
		t.Errorf("translated %+v", row)
	}
	if text := good(t, "", "translate", "--from", "en", "--to", "es", "--engine", "none", "--site", site.Key, "--data", data, "where is order #4711?"); strings.Contains(text, "engine saw") {
		t.Errorf("no engine saw this: %s", text)
	}
	out := filepath.Join(t.TempDir(), "out.tmx")
	good(t, "", "memory", "export", site.Key, out, "--data", data)
	refused(t, exitUsage, "choose another name", "memory", "export", site.Key, out, "--data", data)
	var all []chat.MemoryEntry
	decode(t, good(t, "", "memory", "list", site.Key, "--text", "PEDIDO", "--data", data, "--json"), &all)
	if len(all) != 1 || all[0].Origin != chat.MemoryImport {
		t.Fatalf("listed %+v", all)
	}
	good(t, "", "memory", "remove", site.Key, all[0].ID, "--data", data)
	refused(t, exitFailed, "1 of the ids were not there", "memory", "remove", site.Key, all[0].ID, "--data", data)
	refused(t, exitUsage, "or --all", "memory", "remove", site.Key, "--data", data)
	if text := good(t, "", "memory", "import", site.Key, out, "--data", data); !strings.Contains(text, "1 added, 0 replaced, 0 not taken") {
		t.Errorf("imported again: %s", text)
	}
	good(t, "", "memory", "remove", site.Key, "--all", "--data", data)
	decode(t, good(t, "", "memory", "list", site.Key, "--data", data, "--json"), &all)
	if len(all) != 0 {
		t.Errorf("after --all: %+v", all)
	}
	refused(t, exitFailed, "cannot read the file", "memory", "import", site.Key, filepath.Join(data, "nothing"), "--data", data)
	broken := filepath.Join(t.TempDir(), "broken.tmx")
	if err := os.WriteFile(broken, []byte(tmx[:200]), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, exitFailed, "Nothing was taken", "memory", "import", site.Key, broken, "--data", data)
	for _, command := range [][]string{{"memory", "import", "nobody", broken}, {"memory", "export", "nobody"}, {"memory", "list", "nobody"}, {"memory", "remove", "nobody", "--all"},
		{"glossary", "list", "nobody"}, {"glossary", "add", "nobody", "Acme"}, {"glossary", "export", "nobody"}, {"glossary", "remove", "nobody", "x"},
		{"canned", "list", "nobody"}, {"canned", "put", "nobody", "x", "en", "x"}, {"canned", "export", "nobody"}, {"canned", "approve", "nobody", "x", "en"}} {
		refused(t, exitFailed, `there is no site with the key "nobody"`, append(command, "--data", data)...)
	}
}

// TestGlossaryCommands: terms are added, imported, listed, exported and removed, and what makes no sense is refused.
func TestGlossaryCommands(t *testing.T) {
	data := t.TempDir()
	var site siteRow
	decode(t, good(t, "", "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", data, "--json"), &site)
	good(t, "", "glossary", "add", site.Key, "Acme", "--case-sensitive", "--data", data)
	good(t, "", "glossary", "add", site.Key, "order", "pedido", "--from", "en", "--to", "es", "--data", data)
	refused(t, exitUsage, "language of the target", "glossary", "add", site.Key, "order", "pedido", "--data", data)
	if text := good(t, "from;to;source;target\nen;es;order;encargo\nen;es;;x\n", "glossary", "import", site.Key, "-", "--data", data); !strings.Contains(text, "0 added, 1 replaced, 1 not taken") {
		t.Errorf("imported: %s", text)
	}
	var terms []chat.Term
	decode(t, good(t, "", "glossary", "list", site.Key, "--data", data, "--json"), &terms)
	if len(terms) != 2 || terms[0].Source != "Acme" || !terms[0].CaseSensitive || terms[1].Target != "encargo" {
		t.Fatalf("listed %+v", terms)
	}
	if out := good(t, "", "glossary", "export", site.Key, "--data", data); out != "from,to,source,target,case_sensitive\r\n,,Acme,,true\r\nen,es,order,encargo,false\r\n" {
		t.Errorf("exported %q", out)
	}
	var row translationRow
	decode(t, good(t, "", "translate", "--from", "en", "--to", "es", "--engine", "none", "--site", site.Key, "--data", data, "--json", "Order, Acme!"), &row)
	if row.Text != "Encargo, Acme!" || strings.Join(row.Terms, " ") != "encargo Acme" {
		t.Errorf("translated %+v", row)
	}
	good(t, "", "glossary", "remove", site.Key, terms[0].ID, "--data", data)
	refused(t, exitFailed, "1 of the ids were not there", "glossary", "remove", site.Key, terms[0].ID, "--data", data)
	if out := good(t, "", "glossary", "list", site.Key, "--data", data); strings.Contains(out, "Acme") || !strings.Contains(out, "encargo") {
		t.Errorf("listed %s", out)
	}
}

// TestCannedCommands: texts are put, drafted, approved, listed, exported, imported and removed; what is approved answers a line, and what is not does not.
func TestCannedCommands(t *testing.T) {
	data := t.TempDir()
	var site siteRow
	decode(t, good(t, "", "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", data, "--json"), &site)
	put := func(args ...string) {
		t.Helper()
		good(t, "", append(append([]string{"canned", "put", site.Key}, args...), "--data", data)...)
	}
	put("/Thanks", "en", "Thank you for waiting")
	put("thanks", "es", "Gracias por esperar", "--by", "Ann")
	put("hello", "en", "Hello {name}")
	refused(t, exitFailed, "nothing to put in for {nombre}", "canned", "put", site.Key, "hello", "es", "Hola {nombre}", "--data", data)
	refused(t, exitFailed, "A short name has", "canned", "put", site.Key, "a b", "es", "Hola", "--data", data)
	good(t, "", "canned", "approve", site.Key, "thanks", "en", "--data", data)
	translated := func() translationRow {
		t.Helper()
		var row translationRow
		text := command(t, "", nil, "translate", "--from", "en", "--to", "es", "--engine", "none", "--site", site.Key, "--data", data, "--json", "thank you for waiting!").stdout
		decode(t, text, &row)
		return row
	}
	if row := translated(); row.Text != "" {
		t.Errorf("a draft answers: %+v", row)
	}
	good(t, "", "canned", "approve", site.Key, "thanks", "es", "--by", "Bea", "--data", data)
	if row := translated(); row.Text != "Gracias por esperar!" && row.Text != "Gracias por esperar" || row.By != "Bea" {
		t.Errorf("an approved text does not answer: %+v", row)
	}
	var all []chat.Canned
	decode(t, good(t, "", "canned", "list", site.Key, "--data", data, "--json"), &all)
	if len(all) != 2 || all[1].Name != "thanks" || len(all[1].Texts) != 2 || all[1].Texts[1].State != chat.CannedApproved || all[0].Texts[0].State != chat.CannedDraft {
		t.Fatalf("listed %+v", all)
	}
	if out := good(t, "", "canned", "list", site.Key, "--data", data); !strings.Contains(out, "Gracias por esperar") || !strings.Contains(out, "draft") {
		t.Errorf("listed %s", out)
	}
	out := good(t, "", "canned", "export", site.Key, "--data", data)
	if !strings.HasPrefix(out, "name,language,text,state,by\r\nhello,en,Hello {name},draft,command line\r\n") {
		t.Errorf("exported %q", out)
	}
	refused(t, exitFailed, "write the text yourself", "canned", "draft", site.Key, "hello", "es", "--engine", "none", "--data", data)
	refused(t, exitFailed, `There is a canned reply "hello" already`, "canned", "rename", site.Key, "thanks", "hello", "--data", data)
	refused(t, exitFailed, `no canned reply "nothing"`, "canned", "rename", site.Key, "nothing", "wait", "--data", data)
	good(t, "", "canned", "rename", site.Key, "thanks", "/Wait", "--data", data)
	if row := translated(); row.By != "Bea" {
		t.Errorf("an approved text with a new name does not answer: %+v", row)
	}
	good(t, "", "canned", "rename", site.Key, "wait", "thanks", "--data", data)
	good(t, "", "canned", "remove", site.Key, "thanks", "es", "--data", data)
	if row := translated(); row.Text != "" {
		t.Errorf("a text that is gone answers: %+v", row)
	}
	good(t, "", "canned", "remove", site.Key, "thanks", "--data", data)
	refused(t, exitFailed, "no canned reply", "canned", "remove", site.Key, "thanks", "--data", data)
	if text := good(t, out+"x y,en,bad name,,\r\n", "canned", "import", site.Key, "-", "--data", data); !strings.Contains(text, "2 added, 1 replaced, 1 not taken") {
		t.Errorf("imported: %s", text)
	}
	decode(t, good(t, "", "canned", "list", site.Key, "--data", data, "--json"), &all)
	if len(all) != 2 || all[1].Texts[1].State != chat.CannedDraft {
		t.Errorf("what a file calls approved is believed: %+v", all)
	}
}
