package auth

import (
	"slices"
	"strings"
)

// commonWords is what leaked passwords are made of, the longest first so that a short word does not break a longer one.
// Shorter passwords than MinPasswordLength are refused anyway: this is about what people build longer ones from.
var commonWords = func() []string {
	words := strings.Fields(commonText)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}()

const commonText = `
	signin login logon secret access account user guest root admin administrator manager system server
	password passwort motdepasse contrasena senha wachtwoord passw pass pwd changeme changeit default temporary temp
	welcome willkommen bienvenue letmein opensesame hello hallo iloveyou trustno iamtheboss whatever nothing test
	testing demo sample example company office business internet computer laptop windows microsoft google facebook
	apple android iphone samsung linkedin twitter instagram amazon youtube netflix minecraft pokemon starwars superman
	batman spiderman ironman naruto dragon dragonball monkey tiger lion eagle shadow master killer hunter ranger
	warrior phantom ninja samurai knight wizard merlin gandalf matrix mustang ferrari porsche mercedes corvette
	football baseball basketball volleyball softball hockey soccer tennis golfer cricket liverpool arsenal chelsea
	manchester barcelona juventus realmadrid newcastle everton yankees lakers cowboys steelers patriots
	princess sunshine flower butterfly rainbow chocolate cookie cheese pepper ginger banana orange purple yellow
	silver golden diamond crystal angel heaven jesus christ blessed forever lovely sweety honey darling sweetheart
	summer winter spring autumn monday tuesday wednesday thursday friday saturday sunday january february march
	april june july august september october november december sommer fruehling herbst
	michael michelle jennifer jessica daniel david andrew anthony thomas robert william charlie matthew joshua
	christopher christian nicholas alexander alexandra samantha elizabeth victoria stephanie ashley amanda nicole
	jordan justin brandon patrick richard george martin andrea maria thunder lightning freedom america england
	deutschland france london berlin paris newyork california texas florida
	enterprise startrek metallica nirvana slipknot eminem beatles greenday blink elephant dolphin penguin
	qwertyuiop qwertzuiop azertyuiop qwerty qwertz azerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv poiuytrewq lkjhgfdsa
	mnbvcxz qazwsxedc qazwsx wsxedc edcrfv qweasdzxc qweasd qwe asd zxc 1qaz2wsx3edc4rfv 1qaz2wsx3edc 1qaz2wsx 1qaz 2wsx
	3edc 4rfv 1q2w3e4r5t6y 1q2w3e4r5t 1q2w3e4r 1q2w3e q1w2e3r4t5 q1w2e3r4 q1w2e3 zaq12wsx zaq1 xsw2 cde3 qwer tyui
	abcdefghijklmnopqrstuvwxyz abcdefghijklm abcdefghijkl abcdefghijk abcdefghij abcdefghi abcdefgh abcdefg abcdef abcde
	abcd abc zyxwvutsrq 01234567890 12345678901 1234567890 0123456789 9876543210 0987654321 987654321 123456789 12345678
	87654321 1234567 7654321 123456 654321 12345 54321 1234 4321 123 321 000 111 222 333 444 555 666 777 888 999
	112233 121212 123123 123321 147258369 147258 159753 159357 789456123 789456 741852963 a1b2c3d4e5 a1b2c3d4 a1b2c3
	aa11bb22 1a2b3c4d5e 1a2b3c4d 1a2b3c`
