package main

import (
	"time"

	"dragoman/chat"
)

// shopper is somebody with a matter.
type shopper struct {
	name, email string
	languages   []string
	zone        string // of the IANA database
	order       string
	// signed says that the shop knows who it is.
	signed bool
	cart   *chat.Cart
	from   page
	steps  []step
}

// page is one of the demo shop's; path is below its folder.
type page struct{ path, title string }

// step is one thing that a shopper does. It says something, unless it only looks at a page, or rates and goes.
type step struct {
	// leaves is how long the shopper is gone before the step, answer that an answer is waited for, after a pause to think. They come in this order.
	leaves time.Duration
	answer bool
	after  time.Duration

	said, en, es string
	file         string
	// tunnel is how long the network is away while the line is written.
	tunnel time.Duration
	page   page
	rate   int
}

// cast is who comes: each in a language of their own, with what shops hear every day.
func cast() []shopper {
	const s = time.Second
	return []shopper{
		{
			name: "Beatriz Nunes", languages: []string{"pt-BR", "pt"}, zone: "America/Sao_Paulo", order: "4711", from: page{"/", "Alma & Sol"},
			steps: []step{
				{after: 2 * s, said: "oi", en: "hi", es: "hola"},
				{after: 6 * s, said: "cadê o meu pedido #4711?? já faz 2 semanas 😕", en: "where is my order #4711?? It has been 2 weeks already 😕", es: "¿dónde está mi pedido #4711? ya han pasado 2 semanas 😕"},
				{answer: true, after: 4 * s, said: "ok", en: "ok", es: "vale"},
				{after: 12 * s, said: "e se nao chegar até sexta, vcs devolvem os R$ 189,90?", en: "and if it does not arrive by Friday, will you refund the R$ 189,90?", es: "y si no llega antes del viernes, ¿me devuelven los R$ 189,90?"},
				{answer: true, after: 8 * s, said: "tá bom, obrigada!! 🙏", en: "all right, thank you!! 🙏", es: "está bien, ¡¡gracias!! 🙏"},
				{after: 6 * s, rate: 5},
			},
		},
		{
			name: "Jonas Weber", email: "jonas.weber@example.com", signed: true, languages: []string{"de-DE", "de"}, zone: "Europe/Berlin", order: "4712", from: page{"/de/product.html?item=bowl", "Schale Tierra"},
			cart: &chat.Cart{Currency: "EUR", Total: 89, Items: []chat.Item{{Name: "Teekanne Mar", Price: 89}}},
			steps: []step{
				{
					after: 5 * s,
					said:  "Guten Tag, ich habe am 14. November zwei Schalen in Größe M bestellt (Bestellung #4712), gekommen sind aber zwei in Größe L. Die sind für unsere Küche leider viel zu groß. Ich würde sie gern umtauschen, am liebsten ohne den Karton noch einmal quer durch die Stadt zu tragen. Kann der Bote sie abholen, wenn er die richtigen bringt? Und wer zahlt den Rückversand?",
					en:    "Good afternoon, on 14 November I ordered two bowls in size M (order #4712), but two in size L have come. They are much too large for our kitchen, I am afraid. I would like to exchange them, preferably without carrying the box all through the town again. Can the courier collect them when he brings the right ones? And who pays for the return?",
					es:    "Buenas tardes, el 14 de noviembre pedí dos cuencos de la talla M (pedido #4712), pero han llegado dos de la talla L. Son demasiado grandes para nuestra cocina. Quisiera cambiarlos, a ser posible sin volver a llevar la caja por toda la ciudad. ¿Puede recogerlos el mensajero cuando traiga los correctos? ¿Y quién paga la devolución?",
				},
				{after: 20 * s, page: page{"/de/cart.html", "Korb · Alma & Sol"}},
				{answer: true, after: 9 * s, said: "Ich bin morgen zwischen 9 und 12 Uhr zu Hause.", en: "I am at home tomorrow between 9 and 12 o'clock.", es: "Mañana estoy en casa entre las 9 y las 12."},
				{answer: true, after: 5 * s, said: "Rechnung anbei", en: "Invoice attached", es: "Factura adjunta", file: "Rechnung-4712.txt"},
				{answer: true, after: 5 * s, said: "Prima, vielen Dank!", en: "Great, many thanks!", es: "¡Perfecto, muchas gracias!"},
			},
		},
		{
			name: "نور حداد", languages: []string{"ar"}, zone: "Asia/Amman", order: "4713", from: page{"/ar/", "ألما وسول"},
			steps: []step{
				{after: 3 * s, said: "السلام عليكم", en: "Hello", es: "Hola"},
				{after: 9 * s, said: "وصل الكوب مكسورًا 💔 والعلبة سليمة", en: "The cup arrived broken 💔 and the box is intact", es: "La taza llegó rota 💔 y la caja está intacta"},
				{after: 14 * s, file: "photo-cup.png"},
				{answer: true, after: 6 * s, said: "رقم الطلب DE-2291-X", en: "The order number is DE-2291-X", es: "El número de pedido es DE-2291-X"},
				{answer: true, after: 10 * s, said: "أريد كوبًا جديدًا وليس المال، فهو هدية لأمي يوم الخميس", en: "I want a new cup and not the money, it is a present for my mother on Thursday", es: "Quiero una taza nueva y no el dinero, es un regalo para mi madre el jueves"},
				{answer: true, after: 5 * s, said: "شكرًا جزيلًا 🌹", en: "Thank you very much 🌹", es: "Muchas gracias 🌹"},
			},
		},
		{
			name: "佐藤 遥", languages: []string{"ja"}, zone: "Asia/Tokyo", order: "4714", from: page{"/cart.html", "Basket · Alma & Sol"},
			cart: &chat.Cart{Currency: "JPY", Total: 14200, Items: []chat.Item{{Name: "Luz cups, pair", Quantity: 2, Price: 5400}, {Name: "Jasmine tea", Price: 3400}}},
			steps: []step{
				{after: 8 * s, said: "すみません、注文4714の返金をお願いしたいのですが。", en: "Excuse me, I would like a refund for order 4714.", es: "Disculpe, quisiera el reembolso del pedido 4714."},
				{answer: true, after: 12 * s, said: "カード番号は 4111 1111 1111 1111 です。", en: "My card number is 4111 1111 1111 1111.", es: "Mi número de tarjeta es 4111 1111 1111 1111."},
				{after: 10 * s, said: "ここに書いても大丈夫ですか？", en: "Is it all right to write it here?", es: "¿Está bien escribirlo aquí?"},
				{answer: true, after: 9 * s, said: "はい", en: "Yes", es: "Sí"},
				{answer: true, after: 9 * s, said: "ご丁寧にありがとうございました。", en: "Thank you for being so kind.", es: "Gracias por su amabilidad."},
				{after: 5 * s, rate: 4},
			},
		},
		{
			name: "Camille Roux", languages: []string{"fr-FR", "fr"}, zone: "Europe/Paris", order: "4715", from: page{"/product.html?item=teapot", "Mar teapot"},
			steps: []step{
				{after: 4 * s, said: "bonjour je voudrai changer ladresse de livraison de ma comande 4715", en: "hello, I would like to change the delivery address of my order 4715", es: "hola, quisiera cambiar la dirección de entrega de mi pedido 4715"},
				{after: 10 * s, tunnel: 25 * s, said: "c'est 12 rue des Lilas, 69003 Lyon, 2e étage", en: "it is 12 rue des Lilas, 69003 Lyon, 2nd floor", es: "es 12 rue des Lilas, 69003 Lyon, 2.º piso"},
				{after: 3 * s, said: "https://shop.example/suivi/4715", en: "https://shop.example/suivi/4715", es: "https://shop.example/suivi/4715"},
				{answer: true, after: 6 * s, tunnel: 40 * s, said: "desolée je suis dans le train ça coupe tt le temps", en: "sorry, I am on the train, it keeps cutting out", es: "perdón, estoy en el tren y se corta todo el tiempo"},
				{answer: true, after: 6 * s, said: "super merci bcp 😊", en: "great, thanks a lot 😊", es: "genial, muchas gracias 😊"},
			},
		},
		{
			name: "Diego Salas", email: "diego.salas@example.com", languages: []string{"es-MX", "es"}, zone: "America/Mexico_City", order: "4716", from: page{"/es/", "Alma & Sol"},
			steps: []step{
				{after: 1 * s, said: "ESTO ES UNA VERGÜENZA!!!", en: "THIS IS A DISGRACE!!!", es: "ESTO ES UNA VERGÜENZA!!!"},
				{after: 4 * s, said: "TRES SEMANAS esperando el pedido 4716 y NADIE contesta", en: "THREE WEEKS waiting for order 4716 and NOBODY answers", es: "TRES SEMANAS esperando el pedido 4716 y NADIE contesta"},
				{after: 5 * s, said: "😡😡😡", en: "😡😡😡", es: "😡😡😡"},
				{leaves: 90 * s, after: 5 * s, said: "sigo esperando", en: "I am still waiting", es: "sigo esperando"},
				{answer: true, after: 7 * s, said: "quiero hablar con su jefe", en: "I want to speak to your manager", es: "quiero hablar con su jefe"},
				{answer: true, leaves: 45 * s, after: 6 * s, said: "bueno. gracias por resolverlo", en: "well. Thank you for sorting it out", es: "bueno. gracias por resolverlo"},
				{after: 5 * s, rate: 3},
			},
		},
	}
}
