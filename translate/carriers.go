package translate

// otherwise returns the request for another try at what an engine has damaged: with its second carrier, and without the context, which some
// models answer instead of translating. ok is false if there is no other way.
func (c *Caps) otherwise(req Request, m masked, err error) (other Request, ok bool) {
	if KindOf(err) != BadOutput || ruleOf(err) == "glossary" || req.SecondCarrier { // the words are kept by marks, not by another carrier
		return req, false
	}
	carried := c.SecondCarrier && len(m.spans) > 0
	if !carried && len(req.Context) == 0 {
		return req, false
	}
	req.SecondCarrier, req.Context = carried, nil
	return req, true
}
