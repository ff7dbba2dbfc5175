package notice

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"tongban/internal/rules/wording"
)

// Gate says where hooks may go: only to hosts that an operator named, so that
// nobody uses us to reach into a network that trusts us.
type Gate struct {
	// Hosts are the names (or addresses) that a hook may have, with a port when
	// it is not the scheme's own: "hooks.example.gov.cn", "10.1.2.3:8443".
	Hosts []string
	// Networks are the addresses other than public ones that such a host may turn
	// out to have: a network of agencies, or 127.0.0.0/8 for a trial.
	Networks []netip.Prefix
	// Patience is how long a receiver may take to answer; zero is ten seconds.
	Patience time.Duration
}

// urlMax bounds a hook's address.
const urlMax = 500

// Check reads the address of a hook. Its errors are messages.
func (g Gate) Check(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || len(address) > urlMax || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Opaque != "" {
		return nil, wording.M("notice.hook.address")
	}
	if u.User != nil || u.Fragment != "" {
		return nil, wording.M("notice.hook.extra")
	}
	own := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	host := strings.ToLower(u.Host)
	if u.Port() == "" {
		host = strings.TrimSuffix(host, ":") + own
	}
	for _, allowed := range g.Hosts {
		if allowed = strings.ToLower(allowed); host == allowed || host == allowed+own {
			return u, nil
		}
	}
	return nil, wording.M("notice.hook.host", "host", u.Host)
}

// errAddress says that a host turned out to be where hooks may not go.
var errAddress = errors.New("the host's address is not a public one, nor in a network that hooks may reach")

// control looks at the address itself, after names were resolved and just
// before the connection is made: a name can be pointed elsewhere at any time.
func (g Gate) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap().WithZone("")
	for _, n := range g.Networks {
		if n.Contains(ip) {
			return nil
		}
	}
	if ip.IsGlobalUnicast() && !ip.IsPrivate() && !reserved(ip) {
		return nil
	}
	return errAddress
}

// reserved are stretches beside the private ones that lead nowhere public.
func reserved(ip netip.Addr) bool {
	for _, n := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"} {
		if netip.MustParsePrefix(n).Contains(ip) {
			return true
		}
	}
	return false
}

// patience is how long a receiver may take unless the operator said otherwise.
const patience = 10 * time.Second

func (g Gate) patience() time.Duration {
	if g.Patience > 0 {
		return g.Patience
	}
	return patience
}

// client posts to hooks: no proxy, no redirects, nothing kept open.
func (g Gate) client() *http.Client {
	dial := &net.Dialer{Timeout: 5 * time.Second, Control: g.control}
	return &http.Client{
		Timeout:       g.patience(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dial.DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: 16 << 10,
		},
	}
}
