// Verifies a log with Go's own packages, which share no code with this project: the note, every tile, every entry, and two proofs
// that were made elsewhere. Prints "ok <size>", or exits 1 and says what is wrong.
//
//	verify <directory> <vkey> <index> <inclusion proof> <old size> <old root> <consistency proof>
//
// Hashes are base64; proofs are hashes separated by commas.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func fail(format string, args ...interface{}) {
	fmt.Printf(format+"\n", args...)
	os.Exit(1)
}

func check(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

// files reads tiles from a folder. Go's paths name the height and call bundles "data"; those of the C2SP format do neither.
type files struct{ directory string }

func (f files) Height() int                                { return height }
func (f files) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		path = strings.Replace(path, "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(f.directory, path))
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

// parseTree reads origin, size and root; Go's own parser takes only its checksum database's origin.
func parseTree(text, origin string) tlog.Tree {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		fail("checkpoint: not three lines of %s", origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, "checkpoint")
	return tlog.Tree{N: size, Hash: parseHash(lines[2])}
}

func parseHash(text string) tlog.Hash {
	hash, err := tlog.ParseHash(text)
	check(err, "hash")
	return hash
}

func parseHashes(text string) []tlog.Hash {
	var hashes []tlog.Hash
	if text == "" {
		return hashes
	}
	for _, part := range strings.Split(text, ",") {
		hashes = append(hashes, parseHash(part))
	}
	return hashes
}

// checkBundle compares the entries of one bundle with the authenticated leaf hashes from `first` on.
func checkBundle(bundle []byte, first int64, leaves []tlog.Hash) {
	for i, leaf := range leaves {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			fail("bundle too short at %d", first+int64(i))
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		if tlog.RecordHash(bundle[2:end]) != leaf {
			fail("leaf mismatch %d", first+int64(i))
		}
		bundle = bundle[end:]
	}
	if len(bundle) != 0 {
		fail("bundle too long after %d", first)
	}
}

func checkEntries(tree tlog.Tree, tiles files, hashes tlog.HashReader) {
	for first := int64(0); first < tree.N; first += 1 << height {
		var indexes []int64
		for i := first; i < tree.N && i < first+1<<height; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, i))
		}
		leaves, err := hashes.ReadHashes(indexes)
		check(err, "tiles")
		bundle := tlog.Tile{H: height, L: -1, N: first >> height, W: len(leaves)}
		data, err := tiles.ReadTiles([]tlog.Tile{bundle})
		check(err, "bundle")
		checkBundle(data[0], first, leaves)
	}
}

func main() {
	directory, vkey := os.Args[1], os.Args[2]
	message, err := os.ReadFile(filepath.Join(directory, "checkpoint"))
	check(err, "checkpoint")
	verifier, err := note.NewVerifier(vkey)
	check(err, "key")
	opened, err := note.Open(message, note.VerifierList(verifier))
	check(err, "note")
	tree := parseTree(opened.Text, verifier.Name())

	tiles := files{directory}
	hashes := tlog.TileHashReader(tree, tiles)
	checkEntries(tree, tiles, hashes)

	index, err := strconv.ParseInt(os.Args[3], 10, 64)
	check(err, "index")
	leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	check(err, "tiles")
	check(tlog.CheckRecord(parseHashes(os.Args[4]), tree.N, tree.Hash, index, leaf[0]), "inclusion proof")

	oldSize, err := strconv.ParseInt(os.Args[5], 10, 64)
	check(err, "old size")
	oldRoot := parseHash(os.Args[6])
	check(tlog.CheckTree(parseHashes(os.Args[7]), tree.N, tree.Hash, oldSize, oldRoot), "consistency proof")
	fmt.Println("ok", tree.N, base64.StdEncoding.EncodeToString(tree.Hash[:]))
}
