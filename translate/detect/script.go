package detect

// script is a writing system. Most of those that are not Latin or Cyrillic give the language away.
type script uint8

const (
	otherScript script = iota
	latin
	cyrillic
	greek
	armenian
	georgian
	hebrew
	arabic
	devanagari
	bengali
	gurmukhi
	gujarati
	tamil
	telugu
	thai
	hangul
	kana
	han
	scripts
)

// scriptOf returns a letter's script.
func scriptOf(r rune) script {
	switch {
	case r < 0x250, 0x1e00 <= r && r < 0x1f00:
		return latin
	case r < 0x370:
		return otherScript // marks, which stand in any
	case r < 0x400, 0x1f00 <= r && r < 0x2000:
		return greek
	case r < 0x530:
		return cyrillic
	case r < 0x590:
		return armenian
	case r < 0x600:
		return hebrew
	case r < 0x700, 0x750 <= r && r < 0x780, 0xfb50 <= r && r < 0xfe00, 0xfe70 <= r && r < 0xff00:
		return arabic
	case 0x10a0 <= r && r < 0x1100:
		return georgian
	case 0x1100 <= r && r < 0x1200, 0x3130 <= r && r < 0x3190, 0xac00 <= r && r < 0xd7b0:
		return hangul
	case 0x3040 <= r && r < 0x3100, 0x31f0 <= r && r < 0x3200, 0xff66 <= r && r < 0xffa0:
		return kana
	case 0x3400 <= r && r < 0xa000, 0xf900 <= r && r < 0xfb00, 0x20000 <= r && r < 0x32000:
		return han
	}
	return indic(r)
}

func indic(r rune) script {
	switch {
	case r < 0x900:
		return otherScript
	case r < 0x980:
		return devanagari
	case r < 0xa00:
		return bengali
	case r < 0xa80:
		return gurmukhi
	case r < 0xb00:
		return gujarati
	case 0xb80 <= r && r < 0xc00:
		return tamil
	case 0xc00 <= r && r < 0xc80:
		return telugu
	case 0xe00 <= r && r < 0xe80:
		return thai
	}
	return otherScript
}

// dense tells whether one letter of the script says about as much as two of an alphabet.
func (s script) dense() bool { return s >= hangul }

// share is how likely a language is, as the logarithm of its share.
type share struct {
	language string
	log      float32
}

// gated returns the languages of a script that is not in the table, for the letters of a line.
func gated(s script, letters []rune, hasKana bool) []share {
	one := func(language string) []share { return []share{{language, 0}} }
	switch s {
	case greek:
		return one("el")
	case armenian:
		return one("hy")
	case georgian:
		return one("ka")
	case hebrew:
		return one("he")
	case devanagari:
		return one("hi")
	case bengali:
		return one("bn")
	case gurmukhi:
		return one("pa")
	case gujarati:
		return one("gu")
	case tamil:
		return one("ta")
	case telugu:
		return one("te")
	case thai:
		return one("th")
	case hangul:
		return one("ko")
	case kana:
		return one("ja")
	case arabic:
		return arabicLetters(letters)
	case han:
		if hasKana {
			return one("ja")
		}
		return chinese(letters)
	}
	return nil
}

// arabicLetters tells Arabic, Persian and Urdu apart by the letters that only some of them have.
func arabicLetters(letters []rune) []share {
	var ar, fa, ur int
	for _, r := range letters {
		switch r {
		case 'ة', 'ى', 'أ', 'إ', 'ك', 'ي', 'ؤ':
			ar++
		case 'پ', 'چ', 'ژ', 'گ', 'ک', 'ی':
			fa++
		case 'ٹ', 'ڈ', 'ڑ', 'ے', 'ں', 'ہ', 'ھ':
			ur++
		}
	}
	switch {
	case ur > 0 && ur+fa >= ar:
		return []share{{"ur", 0}, {"fa", -5}}
	case fa > ar:
		return []share{{"fa", 0}, {"ur", -2}, {"ar", -4}}
	case ar > 0:
		return []share{{"ar", 0}, {"fa", -5}, {"ur", -6}}
	}
	return []share{{"ar", -0.3}, {"fa", -1.5}, {"ur", -3}}
}

// Frequent characters that only one of the two ways to write Chinese has.
const (
	simplified  = "们这个来说时会过对发经问题买卖单货钱为么什东车马鸟鱼龙门见贝长风飞亲爱谢请还没开关红绿颜码费运电话邮网页订购账户号处图书"
	traditional = "們這個來說時會過對發經問題買賣單貨錢為麼東車馬鳥魚龍門見貝長風飛親愛謝請還沒開關紅綠顏碼費運電話郵網頁訂購賬帳戶號處圖書"
)

// chinese tells simplified from traditional characters. Without a character that says so, it may also be Japanese without kana.
func chinese(letters []rune) []share {
	var hans, hant int
	for _, r := range letters {
		s, t := contains(simplified, r), contains(traditional, r)
		if s && !t {
			hans++
		}
		if t && !s {
			hant++
		}
	}
	switch {
	case hans > hant:
		return []share{{"zh", 0}, {"zh-Hant", -5}}
	case hant > hans:
		return []share{{"zh-Hant", 0}, {"ja", -3}, {"zh", -5}}
	}
	return []share{{"zh", -0.5}, {"zh-Hant", -1.2}, {"ja", -2.5}}
}

func contains(set string, r rune) bool {
	for _, s := range set {
		if s == r {
			return true
		}
	}
	return false
}
