package main

import (
	"dragoman/chat"

	"golang.org/x/text/language"
)

// demoBubble is after how many seconds the demo's launcher says its word.
const demoBubble = 8

// demoTexts are what the demo's shop says in its own words, in the languages of its pages; people have written all of it.
func demoTexts() chat.OwnTexts {
	texts := chat.OwnTexts{Texts: map[chat.TextName]map[language.Tag]chat.TextVariant{}, BubbleAfterS: demoBubble}
	for name, all := range map[chat.TextName][4]string{ // English, German, Spanish, Arabic
		chat.TextGreeting: {"Hello from our workshop in Valencia!", "Hallo aus unserer Werkstatt in Valencia!", "¡Hola desde nuestro taller en Valencia!", "مرحبًا بكم من ورشتنا في بلنسية!"},
		chat.TextSubtitle: {"Ask us about cups, bowls and parcels. A person answers.", "Fragen Sie uns nach Tassen, Schalen und Paketen. Es antwortet ein Mensch.",
			"Pregúntenos por tazas, cuencos y paquetes. Le responde una persona.", "اسألونا عن الأكواب والأوعية والطرود. يجيبكم إنسان."},
		chat.TextBubble:   {"Looking for a gift? We are happy to help.", "Suchen Sie ein Geschenk? Wir helfen gern.", "¿Busca un regalo? Le ayudamos con gusto.", "هل تبحثون عن هدية؟ يسعدنا أن نساعدكم."},
		chat.TextRating:   {"How did you like our conversation?", "Wie hat Ihnen unser Gespräch gefallen?", "¿Qué le ha parecido nuestra conversación?", "كيف كانت محادثتنا؟"},
		chat.StartName(1): {"Where is my parcel?", "Wo ist mein Paket?", "¿Dónde está mi paquete?", "أين طردي؟"},
		chat.StartName(2): {"Something arrived broken", "Etwas kam zerbrochen an", "Algo llegó roto", "وصلني شيء مكسور"},
		chat.SendsName(2): {"Hello! Something arrived broken. What can we do?", "Guten Tag! Etwas kam zerbrochen an. Was können wir tun?",
			"¡Hola! Algo llegó roto. ¿Qué podemos hacer?", "مرحبًا! وصلني شيء مكسور. ماذا يمكننا أن نفعل؟"},
		chat.StartName(3): {"Is it safe in the dishwasher?", "Darf das in die Spülmaschine?", "¿Se puede lavar en el lavavajillas?", "هل يمكن غسله في غسالة الصحون؟"},
	} {
		texts.Texts[name] = map[language.Tag]chat.TextVariant{}
		for i, tag := range []language.Tag{language.English, language.German, language.Spanish, language.Arabic} {
			texts.Texts[name][tag] = chat.TextVariant{Text: all[i], State: chat.TextApproved}
		}
	}
	return texts
}
