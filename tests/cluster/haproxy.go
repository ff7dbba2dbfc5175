package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// balancer is HAProxy in front of the nodes.
type balancer struct {
	*program
	url string
}

// startBalancer starts HAProxy before the nodes, which it asks at /readyz
// whether they want work. This is the configuration that docs/operations.md shows.
func startBalancer(dir string, nodes []*node, log io.Writer) (*balancer, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `global
  maxconn 1000
defaults
  mode http
  timeout connect 2s
  timeout check 2s
  timeout client 60s
  timeout server 35s
  retries 3
  option redispatch
frontend public
  bind 127.0.0.1:%d
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
  retry-on conn-failure
  default-server check inter 500ms fall 2 rise 1
`, port)
	for _, n := range nodes {
		fmt.Fprintf(&b, "  server %s 127.0.0.1:%d\n", n.name, n.port)
	}
	file := dir + "/haproxy.cfg"
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return nil, err
	}
	p, err := launch("haproxy", nil, dir, log, "haproxy", "-db", "-f", file)
	if err != nil {
		return nil, err
	}
	return &balancer{p, fmt.Sprintf("http://127.0.0.1:%d", port)}, nil
}
