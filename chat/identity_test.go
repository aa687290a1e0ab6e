package chat

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

func TestCheckAttributes(t *testing.T) {
	got, err := CheckAttributes(map[string]string{" plan\n of  Ana ": " gold ", "": "x", "empty": " \n", "lines": "a\r\nb\x00", "order": "\u202e4711"})
	if want := map[string]string{"plan of Ana": "gold", "lines": "a\nb", "order": "4711"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	many := func(n int, value string) map[string]string {
		all := map[string]string{}
		for i := range n {
			all[fmt.Sprintf("n%02d", i)] = value
		}
		return all
	}
	for name, c := range map[string]struct {
		all  map[string]string
		code Code
	}{
		"as many as may be":       {many(MaxAttributes, "x"), ""},
		"one more":                {many(MaxAttributes+1, "x"), TooLong},
		"a long name":             {map[string]string{strings.Repeat("é", MaxAttributeName): "x"}, ""},
		"a longer one":            {map[string]string{strings.Repeat("é", MaxAttributeName+1): "x"}, TooLong},
		"a long value":            {map[string]string{"a": strings.Repeat("é", MaxAttributeValue)}, ""},
		"a longer value":          {map[string]string{"a": strings.Repeat("é", MaxAttributeValue+1)}, TooLong},
		"as many bytes as may be": {many(32, strings.Repeat("x", MaxAttributesBytes/32-3)), ""},
		"more together":           {many(32, strings.Repeat("x", MaxAttributesBytes/32-2)), TooLong},
	} {
		if _, err := CheckAttributes(c.all); CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func TestCheckCart(t *testing.T) {
	good := Cart{Items: []Item{{Name: " Blue\n cup ", Quantity: 2, Price: 12.5}, {Name: "Tea"}}, Currency: "EUR", Total: 25}
	if err := good.Check(); err != nil || good.Items[0].Name != "Blue cup" {
		t.Fatalf("%+v, %v", good, err)
	}
	names := func(n int, name string) []Item {
		items := make([]Item, n)
		for i := range items {
			items[i].Name = name
		}
		return items
	}
	for name, c := range map[string]struct {
		cart Cart
		code Code
	}{
		"empty":                   {Cart{}, ""},
		"too many items":          {Cart{Items: make([]Item, MaxCartItems+1)}, TooLong},
		"no name":                 {Cart{Items: []Item{{Name: " \n"}}}, BadRequest},
		"a long name":             {Cart{Items: []Item{{Name: strings.Repeat("é", MaxItemName)}}}, ""},
		"a longer one":            {Cart{Items: []Item{{Name: strings.Repeat("é", MaxItemName+1)}}}, TooLong},
		"as many bytes as may be": {Cart{Items: names(32, strings.Repeat("😀", MaxCartBytes/128))}, ""},
		"more together":           {Cart{Items: append(names(32, strings.Repeat("😀", MaxCartBytes/128)), Item{Name: "x"})}, TooLong},
		"less than none":          {Cart{Items: []Item{{Name: "x", Quantity: -1}}}, BadRequest},
		"more than sold":          {Cart{Items: []Item{{Name: "x", Quantity: MaxQuantity + 1}}}, BadRequest},
		"a price below 0":         {Cart{Items: []Item{{Name: "x", Price: -0.01}}}, BadRequest},
		"no amount":               {Cart{Total: MaxAmount * 2}, BadRequest},
		"no currency":             {Cart{Currency: "€"}, BadRequest},
		"lower case":              {Cart{Currency: "eur"}, BadRequest},
		"a total below 0":         {Cart{Total: -1}, BadRequest},
		"an item too dear":        {Cart{Items: []Item{{Name: "x", Price: MaxAmount * 2}}}, BadRequest},
	} {
		if err := c.cart.Check(); CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
		if c.code == "" && c.cart.Items == nil {
			t.Errorf("%s: the items are null", name)
		}
	}
}

func TestCleanEmail(t *testing.T) {
	for in, want := range map[string]string{
		" ana@example.com\n": "ana@example.com", "josé@exämple.com": "josé@exämple.com", "a+b@x.y": "a+b@x.y",
		"": "", "ana": "", "@x": "", "x@": "", "a b@x.y": "", `"a"@x.y`: "", "Ana <ana@x.y>": "", "a@x.y,b@x.y": "", strings.Repeat("x", MaxEmail) + "@x.y": "",
	} {
		if got := CleanEmail(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
