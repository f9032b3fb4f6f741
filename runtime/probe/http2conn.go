package probe

import (
	"net"
	"sync"
)

// http2Conn remembers whether the other side spoke HTTP/2: whether the first thing that it sent is a SETTINGS frame.
type http2Conn struct {
	net.Conn
	mu    sync.Mutex
	first []byte
}

// frameType is where a frame's header says which frame it is: behind 3 bytes of length.
const frameType, frameSettings = 3, 4

func (c *http2Conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if missing := frameType + 1 - len(c.first); missing > 0 {
		c.first = append(c.first, b[:min(n, missing)]...)
	}
	return n, err
}

func (c *http2Conn) answered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.first) > frameType && c.first[frameType] == frameSettings
}
