// Package translate puts a line of chat from one language into another and never makes it worse than the original:
// what must survive (links, order numbers, prices) is taken out before an engine sees the line, put back afterwards,
// and verified; any damage means that the reader gets the original and a reason.
//
// How to read it:
//
//	pipeline.go   Translate: the whole way of a line, one function that reads like this paragraph
//	line.go       what a line brings with it: languages, formality, what was said before
//	clean.go      what a line looks like before anything else happens
//	mask.go       what is taken out; entity*.go says how it is recognised, entity_name.go the names of the site's list, entity_spaced.go
//	              numbers whose groups stand apart in other ways than keyboards write them
//	carriers.go   how an engine is asked once more when it has damaged what was masked
//	memory.go     what people have translated: memory_form.go how texts are compared, memory_entry.go one entry, memory_shelf.go those of a site
//	              memory_personal.go whose addresses are not kept
//	glossary.go   the words of a site: lexicon.go finds them, gloss.go how an engine gets them
//	segment.go    how a masked text is cut into what engines take
//	plan.go       what a site's settings come to: the order of the engines, for a pair too
//	register.go   how a reader is addressed
//	together.go   a line that is wanted in several languages at once: one call, where an engine can
//	chain.go      single flight, and the engines in order of preference
//	station.go    an engine in the chain: its pairs, its breakers, and how many calls it gets at once
//	cache.go      what has been translated before; answers.go keeps it in the store as well
//	ledger.go     what a site has spent; budget.go keeps it in the store
//	verify.go     what an engine's answer must fulfil; verify_number.go, verify_digit.go, verify_amount.go and verify_glue.go say when a number is still the same,
//	              verify_invented.go what may not be made up, verify_script.go when it is the wrong language
//	engine.go     Engine: the seam that every engine fulfils, its errors and abilities
//	pair.go       which of an engine's pairs serves a reader (pt-BR, en-GB, nb)
//	breaker.go    when an engine is left alone for a while
//	figures.go    what is told to who counts
//	report.go     Explain, Engines and Warm, for the command line and the server
//
// It knows no conversation, no person and no database. A site is only a name here: it keeps one shop's lines out of
// another's cache.
package translate
