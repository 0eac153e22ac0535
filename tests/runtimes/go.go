// A library in Go, with Go's runtime in it: what signals do when that is in the process.
package main

import "C"

import (
	"os"
	"os/signal"
	"syscall"
)

//export begin
func begin(what *C.char) {
	switch C.GoString(what) {
	case "spin":
		// Enough to keep all of the runtime's threads at work, also its collector.
		for i := 0; i < 4; i++ {
			go spin()
		}
	case "notify":
		signal.Notify(make(chan os.Signal, 8), syscall.SIGTERM)
	}
}

func spin() {
	for {
		kept = make([]byte, 4096)
	}
}

var kept []byte

func main() {}
