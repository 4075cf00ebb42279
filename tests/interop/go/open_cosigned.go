// Open_cosigned opens a cosigned checkpoint with the Go checksum database's own
// note package, which parses and selects the signature lines; this program adds
// only what a timestamped Ed25519 cosignature (C2SP tlog-cosignature) signs.
//
//	open_cosigned FILE LOG-VKEY WITNESS-VKEY...
//
// It prints "ok" and, for each cosignature, the witness's name and time, and
// exits 0, or prints what failed and exits 1.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const cosignatureType = 4

// cosigner is a note.Verifier of type 0x04 signature lines.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(head), msg...), sig[8:])
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a vkey")
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return nil, errors.New("not a cosigner's key")
	}
	return &cosigner{parts[0], uint32(hash), ed25519.PublicKey(key[1:])}, nil
}

func open(file, logKey string, witnesses []string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	known := []note.Verifier{log}
	for _, vkey := range witnesses {
		witness, err := newCosigner(vkey)
		if err != nil {
			return err
		}
		known = append(known, witness)
	}
	opened, err := note.Open(data, note.VerifierList(known...))
	if err != nil {
		return err
	}
	fmt.Print("ok")
	for _, line := range opened.Sigs {
		raw, err := base64.StdEncoding.DecodeString(line.Base64)
		if err != nil {
			return err
		}
		if line.Hash != log.KeyHash() {
			fmt.Printf(" %s %d", line.Name, binary.BigEndian.Uint64(raw[4:]))
		}
	}
	fmt.Println()
	return nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: open_cosigned FILE LOG-VKEY WITNESS-VKEY...")
		os.Exit(2)
	}
	if err := open(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
