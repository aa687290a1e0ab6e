package policy

import "dragoman/chat"

// calls are what frames may ask for.
func calls() []Rule {
	rule := func(names Thing, visitor, agent Right, verbs ...chat.CallName) (rules []Rule) {
		for _, v := range verbs {
			rules = append(rules, Rule{Verb: Call(v), Names: names, Visitor: visitor, Agent: agent, Admin: agent})
		}
		return rules
	}
	all := rule(Nothing, Yes, Yes, chat.CallHello, chat.CallPing)
	all = append(all, rule(Conversation, Yes, Yes, chat.CallSend, chat.CallSync, chat.CallHistory, chat.CallTyping, chat.CallRead, chat.CallState)...)
	all = append(all, rule(Nothing, Yes, Yes, chat.CallLanguage)...)
	all = append(all,
		Rule{Verb: SendNote, Names: Conversation, Visitor: PassedOver, Agent: Yes, Admin: Yes},
		Rule{Verb: StateOther, Names: Conversation, Visitor: Refused, Agent: Yes, Admin: Yes, Why: "A visitor can only end a conversation; write a line to open it again."},
		Rule{Verb: LanguageOf, Names: Conversation, Visitor: PassedOver, Agent: Yes, Admin: Yes},
	)
	all = append(all, rule(Conversation, Yes, No, chat.CallFlag, chat.CallRate)...)
	all = append(all, rule(Nothing, Yes, No, chat.CallAbout, chat.CallPage)...)
	all = append(all, rule(Conversation, No, Yes, chat.CallOpen, chat.CallTake, chat.CallAssign, chat.CallInvite, chat.CallLeave, chat.CallViewing, chat.CallPreview, chat.CallCorrect, chat.CallRetry,
		chat.CallTag, chat.CallRemark, chat.CallEarlier)...)
	all = append(all, rule(Site, No, Yes, chat.CallInbox, chat.CallSearch, chat.CallAgents, chat.CallTags)...)
	// status is one's own; close names what the session itself follows: what it does not follow is closed already, and nothing is told of it.
	return append(all, rule(Nothing, No, Yes, chat.CallClose, chat.CallStatus, chat.CallCounts)...)
}

// settings are the routes below a site: every agent of the site reads, admins change.
func settings() []Rule {
	const site = " /agent/v1/sites/{key}/"
	rule := func(agent Right, verbs ...string) (rules []Rule) {
		for _, v := range verbs {
			rules = append(rules, Rule{Verb: Verb(v), Door: Cookie, Names: Site, Agent: agent, Admin: Yes, Why: "Only admins may change this: ask one of them."})
		}
		return rules
	}
	return append(
		rule(Yes, "GET"+site+"translating", "GET"+site+"terms", "GET"+site+"terms.csv", "GET"+site+"memory", "GET"+site+"memory.tmx", "GET"+site+"texts",
			"GET"+site+"canned", "GET"+site+"canned.csv", "GET"+site+"spent"),
		rule(Refused, "PATCH"+site+"translating",
			"POST"+site+"terms", "PUT"+site+"terms/{id}", "DELETE"+site+"terms/{id}", "POST"+site+"terms.csv",
			"DELETE"+site+"memory/{id}", "POST"+site+"memory.tmx",
			"PATCH"+site+"texts", "POST"+site+"texts/drafts",
			"PUT"+site+"canned/{name}/{language}", "DELETE"+site+"canned/{name}/{language}", "DELETE"+site+"canned/{name}", "POST"+site+"canned/{name}/rename",
			"POST"+site+"canned/{name}/{language}/approve", "POST"+site+"canned/{name}/{language}/draft", "POST"+site+"canned.csv")...)
}

// routes are all other addresses.
func routes() []Rule {
	rule := func(r Rule, verbs ...Verb) (rules []Rule) {
		for _, v := range verbs {
			r.Verb = v
			rules = append(rules, r)
		}
		return rules
	}
	all := rule(Rule{Door: Cookie, Names: Conversation, Agent: Yes, Admin: Yes}, "POST /agent/v1/upload")
	all = append(all, rule(Rule{Door: Cookie, Agent: Yes, Admin: Yes}, "GET /agent/v1/me", "POST /agent/v1/me/password",
		"GET /agent/v1/me/logins", "DELETE /agent/v1/me/logins/{id}", "DELETE /agent/v1/me/logins",
		"POST /agent/v1/me/second-step", "PUT /agent/v1/me/second-step", "POST /agent/v1/me/second-step/off")...)
	all = append(all, rule(Rule{Door: Token, Visitor: Yes}, "POST /widget/v1/upload")...)
	// Who somebody is the sockets find out by hello, sessions and logins by what they are asked with; files are whoever's who has their signed address.
	all = append(all, rule(Rule{Door: Open},
		"GET /agent/v1/socket", "POST /agent/v1/login", "POST /agent/v1/logout", "GET /agent/v1/", "GET /agent/{screen...}", "GET /agent/asset/{hash}/{name...}",
		"GET /widget/v1/socket", "POST /widget/v1/session", "OPTIONS /widget/v1/session", "OPTIONS /widget/v1/upload", "GET /widget/v1/texts", "GET /widget/v1/file/{id}/{name}",
		"GET /widget/{loader}", "GET /widget/frame", "GET /widget/asset/{hash}/{name...}", "GET /chat/{key}",
		"GET /{$}", "GET /healthz", "GET /readyz")...)
	return append(all, rule(Rule{Door: Operator}, "GET /metrics", "GET /debug/pprof/", "GET /debug/pprof/profile", "GET /debug/pprof/symbol", "GET /debug/pprof/trace")...)
}
