//go:build linux

package main

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// words make sentences that are all different, in the language of the side that sends.
var words = [2][4][]string{
	{
		{"El jarrón azul", "La tetera grande", "Mi pedido", "La taza blanca", "El plato pintado", "La caja de té"},
		{"llegó roto", "no ha llegado", "está en el almacén", "es muy bonita", "tiene un color distinto", "no cabe en mi mesa"},
		{"esta mañana", "el lunes", "hace tres días", "por segunda vez", "sin la factura", "con la caja abierta"},
		{"y quiero otro igual.", "¿me pueden ayudar?", "gracias por todo.", "y prefiero devolverlo.", "¿cuánto cuesta el envío?", "necesito una respuesta hoy."},
	},
	{
		{"The blue vase", "The large teapot", "Your order", "The white cup", "The painted plate", "The box of tea"},
		{"will arrive", "was sent", "is in the warehouse", "can be returned", "is being packed", "will be replaced"},
		{"tomorrow morning", "on Monday", "within three days", "without any cost", "with the invoice", "from our workshop"},
		{"and we are sorry.", "thank you for your patience.", "is that all right?", "we will write to you.", "please keep the box.", "have a nice day."},
	},
}

func sentence(n int) string {
	side := words[n%2]
	k := n / 2
	var out []string
	for _, choice := range side {
		out = append(out, choice[k%len(choice)])
		k /= len(choice)
	}
	return strings.Join(out, " ") + " #" + strconv.Itoa(10000+rand.IntN(90000))
}
