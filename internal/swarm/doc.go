// Package swarm holds many WebSocket clients in one thread: a load generator that shares its processors with the server it measures
// must cost little. One goroutine waits on epoll for all sockets and reads frames in place; whoever sends writes on his own goroutine.
// It runs on Linux only, and speaks as much of RFC 6455 as a server that is known to be in order needs: text frames, pings, closes.
package swarm
