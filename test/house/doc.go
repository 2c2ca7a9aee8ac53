// Package house keeps the shape of the program: which package may import which, where other people's libraries stay, and
// that every package says what it is for. It reads the source of every platform, as text.
//
// It refuses to judge what the code does, and how tests are put together: a test may import what it likes.
package house
