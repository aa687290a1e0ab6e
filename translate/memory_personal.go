package translate

import "dragoman/chat"

// nobodys are addresses and numbers that are nobody's: domains and telephones that are set aside for examples, test cards, accounts from the standard's own pages.
var nobodys = map[Kind][3]string{
	KindMail:  {"name@example.com", "name@example.org", "name@example.net"},
	KindPhone: {"+1 202 555 0100", "+1 202 555 0101", "+1 202 555 0102"},
	KindCard:  {"4111 1111 1111 1111", "5555 5555 5555 4444", "4242 4242 4242 4242"},
	KindBank:  {"GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00", "FR14 2004 1010 0505 0001 3M02 606"},
}

var errTooPersonal = chat.Errorf(chat.BadRequest, "The text has more addresses, telephones or account numbers of people than a memory keeps apart, so it is not remembered.")

// impersonal returns an entry without the address, telephone, card and account of the one to whom it was first said: they would outlive the
// conversation, be offered with what is nearly the same, and go with every export. A line that the entry serves brings its own. What only the
// target has is the shop's, and what comes from a file or from canned texts is as the shop wants it.
func impersonal(e chat.MemoryEntry) (chat.MemoryEntry, error) {
	source, ok := mask(clean(e.Source))
	target, too := mask(clean(e.Target))
	if !ok || !too || e.Origin != chat.MemoryCorrection && e.Origin != chat.MemoryReviewed {
		return e, nil
	}
	instead, used := map[string]string{}, map[Kind]int{}
	for i, sp := range source.spans {
		all, personal := nobodys[sp.Kind]
		if !personal || instead[source.was[i]] != "" {
			continue
		}
		if used[sp.Kind] == len(all) {
			return e, errTooPersonal
		}
		instead[source.was[i]] = all[used[sp.Kind]]
		used[sp.Kind]++
	}
	if len(instead) == 0 {
		return e, nil
	}
	key := formOf(source).key
	e.Source, e.Target = source.instead(instead), target.instead(instead)
	if again, ok := mask(e.Source); !ok || formOf(again).key != key {
		return e, errTooPersonal // what stands beside it reads differently now
	}
	return e, nil
}

// instead puts everything back, some of it as something else.
func (m masked) instead(of map[string]string) string {
	for i, was := range m.was {
		if other := of[was]; other != "" {
			m.was[i] = other
		}
	}
	return m.unmask(m.text)
}
