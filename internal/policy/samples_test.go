package policy_test

import (
	"maps"
	"strings"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/policy"
)

// fieldsOf are the fields of a call that names a conversation and a site. What a call does not know it passes over, so most have the same.
func fieldsOf(v policy.Verb, conversation, site, agent string) map[string]any {
	fields := map[string]any{
		"conversation": conversation, "key": chat.NewID(), "text": "hello", "seq": 1, "on": true, "state": "resolved", "language": "fr", "agent": agent, "score": 5,
		"url": "https://shop.example/cups", "name": "Eva", "site": site,
	}
	for _, more := range []struct {
		verb   policy.Verb
		fields map[string]any
	}{
		{policy.Call(chat.CallInbox), map[string]any{"filter": map[string]any{"site": site}}},
		{policy.SendNote, map[string]any{"note": true}},
		{policy.StateOther, map[string]any{"state": "open"}},
	} {
		if more.verb == v {
			maps.Copy(fields, more.fields)
		}
	}
	if v == policy.Call(chat.CallLanguage) {
		return map[string]any{"language": "en", "languages": []string{"en"}}
	}
	return fields
}

// callOf is the call that a verb is, or is a part of.
func callOf(v policy.Verb) chat.CallName {
	name, _, _ := strings.Cut(string(v), ":")
	return chat.CallName(name)
}

// bodies are what routes are asked with; {} where none is named.
func bodyOf(v policy.Verb) (body, kind string) {
	method, path, _ := strings.Cut(string(v), " ")
	switch {
	case method == "GET" || method == "DELETE":
		return "", ""
	case strings.HasPrefix(path, "/agent/v1/me/"):
		return `{"old":"` + edgetest.Password + `","new":"` + edgetest.Password + `","password":"` + edgetest.Password + `"}`, "application/json"
	case strings.HasSuffix(path, ".csv"):
		return "name,en\nhello,Hello\n", "text/csv"
	case strings.HasSuffix(path, ".tmx"):
		return "<tmx/>", "application/x-tmx+xml"
	case strings.HasSuffix(path, "/terms") || strings.HasSuffix(path, "/terms/{id}"):
		return `{"from":"und","to":"und","source":"Kaffee","target":""}`, "application/json"
	case strings.HasSuffix(path, "/rename"):
		return `{"name":"welcome"}`, "application/json"
	case strings.HasSuffix(path, "/canned/{name}/{language}"):
		return `{"text":"Hello"}`, "application/json"
	case strings.HasSuffix(path, "/drafts"):
		return `{"languages":["fr"]}`, "application/json"
	}
	return "{}", "application/json"
}
