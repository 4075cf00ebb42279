// Verify_log checks a published log directory with the Go checksum database's
// own library, which shares no code with the ledger.
//
//	verify_log DIR VKEY
//
// DIR holds a C2SP tlog-tiles log: checkpoint, tile/<L>/<N>, tile/entries/<N>.
// It prints "ok SIZE ROOT" and exits 0, or prints what failed and exits 1.
package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify_log DIR VKEY")
		os.Exit(2)
	}
	tree, err := verify(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Printf("ok %d %s\n", tree.N, tree.Hash)
}

func verify(dir, vkey string) (tlog.Tree, error) {
	tree, err := openCheckpoint(dir, vkey)
	if err != nil {
		return tree, fmt.Errorf("checkpoint: %w", err)
	}
	// TileHashReader believes no tile that does not hash up to the tree's root.
	reader := tlog.TileHashReader(tree, &tileFiles{dir: dir, cache: map[string][]byte{}})
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return tree, fmt.Errorf("root: %w", err)
	}
	if root != tree.Hash {
		return tree, fmt.Errorf("root: tiles give %v, the checkpoint says %v", root, tree.Hash)
	}
	if err := checkEntries(dir, tree, reader); err != nil {
		return tree, err
	}
	return tree, checkGrowth(tree, reader)
}

// openCheckpoint returns the tree of the checkpoint signed by vkey.
func openCheckpoint(dir, vkey string) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	data, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tree, errors.New("the text is not origin, size and root")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// checkEntries proves every entry of every bundle to be in the tree.
func checkEntries(dir string, tree tlog.Tree, reader tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		bundle := tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: 1 << tileHeight}
		if rest := tree.N - first; rest < int64(bundle.W) {
			bundle.W = int(rest)
		}
		entries, err := readBundle(dir, bundle)
		if err != nil {
			return fmt.Errorf("bundle %d: %w", bundle.N, err)
		}
		for i, entry := range entries {
			if err := checkEntry(first+int64(i), entry, tree, reader); err != nil {
				return fmt.Errorf("entry %d: %w", first+int64(i), err)
			}
		}
	}
	return nil
}

func checkEntry(index int64, entry []byte, tree tlog.Tree, reader tlog.HashReader) error {
	proof, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

// readBundle returns exactly bundle.W entries.
func readBundle(dir string, bundle tlog.Tile) ([][]byte, error) {
	data, err := os.ReadFile(filePath(dir, bundle))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(entries) < bundle.W {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("breaks off in entry %d of %d", len(entries), bundle.W)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes after entry %d", len(data), bundle.W)
	}
	return entries, nil
}

// checkGrowth proves the trees of 1, 2, 4, 8 ... entries to be beginnings of the head.
func checkGrowth(tree tlog.Tree, reader tlog.HashReader) error {
	for size := int64(1); size <= tree.N; size *= 2 {
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return fmt.Errorf("size %d: %w", size, err)
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return fmt.Errorf("size %d: %w", size, err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, size, root); err != nil {
			return fmt.Errorf("size %d: %w", size, err)
		}
	}
	return nil
}

// tileFiles reads hash tiles from a directory: a tlog.TileReader.
type tileFiles struct {
	dir   string
	cache map[string][]byte
}

func (f *tileFiles) Height() int { return tileHeight }

func (f *tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		path := filePath(f.dir, tile)
		data, ok := f.cache[path]
		if !ok {
			var err error
			if data, err = os.ReadFile(path); err != nil {
				return nil, err
			}
			f.cache[path] = data
		}
		contents = append(contents, data)
	}
	return contents, nil
}

func (f *tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}

// filePath drops the height that sumdb puts in a tile's path and tlog-tiles does not,
// and names bundles "entries" where sumdb has "data".
func filePath(dir string, tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if rest := strings.TrimPrefix(path, "data/"); rest != path {
		path = "entries/" + rest
	}
	return filepath.Join(dir, "tile", filepath.FromSlash(path))
}
