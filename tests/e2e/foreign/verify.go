// Judges what Trailbook signs with Go's own packages for notes and transparent logs (golang.org/x/mod/sumdb).
//
//	verify checkpoint VKEY FILE
//	verify receipt VKEY FILE
//	verify tiles VKEY DIRECTORY
//	verify consistent VKEY OLDER NEWER HASH...
//
// Exit code 1 and one line on standard error if one of them refuses.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func openCheckpoint(text []byte, vkey string) (checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return checkpoint{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return checkpoint{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{lines[0], tlog.Tree{N: size, Hash: root}}, err
}

func readCheckpoint(file, vkey string) (checkpoint, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return checkpoint{}, err
	}
	return openCheckpoint(text, vkey)
}

func checkReceipt(text []byte, vkey string) (checkpoint, error) {
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return checkpoint{}, errors.New("not a receipt")
	}
	record, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return checkpoint{}, err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return checkpoint{}, err
		}
		proof = append(proof, hash)
	}
	opened, err := openCheckpoint(signed, vkey)
	if err != nil {
		return checkpoint{}, err
	}
	return opened, tlog.CheckRecord(proof, opened.tree.N, opened.tree.Hash, index, tlog.RecordHash(record))
}

// directory reads tiles of C2SP's layout: no height in the paths, and the records are "entries".
type directory string

func (d directory) file(t tlog.Tile) string {
	layout := strings.NewReplacer(fmt.Sprintf("tile/%d/", height), "tile/", "data/", "entries/")
	return filepath.Join(string(d), layout.Replace(t.Path()))
}

func (d directory) Height() int { return height }

func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(d.file(tile))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}

func checkTiles(d directory, vkey string) (checkpoint, error) {
	opened, err := readCheckpoint(filepath.Join(string(d), "checkpoint"), vkey)
	if err != nil {
		return opened, err
	}
	reader := tlog.TileHashReader(opened.tree, d) // checks every tile against the tree's root
	for index := int64(0); index < opened.tree.N; index += 1 << height {
		if err := checkTile(d, reader, opened.tree.N, index); err != nil {
			return opened, err
		}
	}
	return opened, nil
}

// checkTile reads the hashes of up to 256 records, and the records if they are there.
func checkTile(d directory, reader tlog.HashReader, size, first int64) error {
	width := size - first
	if width > 1<<height {
		width = 1 << height
	}
	var indexes []int64
	for at := int64(0); at < width; at++ {
		indexes = append(indexes, tlog.StoredHashIndex(0, first+at))
	}
	hashes, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	bundle, err := os.ReadFile(d.file(tlog.Tile{H: height, L: -1, N: first >> height, W: int(width)}))
	if bundleless := errors.Is(err, os.ErrNotExist); err != nil {
		if _, there := os.Stat(filepath.Join(string(d), "tile/entries")); bundleless && there != nil {
			return nil
		}
		return err
	}
	for at, hash := range hashes {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return fmt.Errorf("the bundle ends before record %d", first+int64(at)+1)
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		if tlog.RecordHash(bundle[2:end]) != hash {
			return fmt.Errorf("record %d is not the one that was signed", first+int64(at)+1)
		}
		bundle = bundle[end:]
	}
	return nil
}

func checkConsistent(older, newer, vkey string, hashes []string) (checkpoint, error) {
	from, err := readCheckpoint(older, vkey)
	if err != nil {
		return from, err
	}
	to, err := readCheckpoint(newer, vkey)
	if err != nil {
		return to, err
	}
	var proof tlog.TreeProof
	for _, text := range hashes {
		var hash tlog.Hash
		if _, err := hex.Decode(hash[:], []byte(text)); err != nil {
			return to, err
		}
		proof = append(proof, hash)
	}
	return to, tlog.CheckTree(proof, to.tree.N, to.tree.Hash, from.tree.N, from.tree.Hash)
}

func run(args []string) (checkpoint, error) {
	if len(args) < 3 {
		return checkpoint{}, errors.New("usage: verify checkpoint|receipt|tiles|consistent VKEY FILE...")
	}
	switch args[0] {
	case "checkpoint":
		return readCheckpoint(args[2], args[1])
	case "receipt":
		text, err := os.ReadFile(args[2])
		if err != nil {
			return checkpoint{}, err
		}
		return checkReceipt(text, args[1])
	case "tiles":
		return checkTiles(directory(args[2]), args[1])
	case "consistent":
		return checkConsistent(args[2], args[3], args[1], args[4:])
	}
	return checkpoint{}, errors.New("unknown command")
}

func main() {
	opened, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
	fmt.Println(opened.origin, opened.tree.N, hex.EncodeToString(opened.tree.Hash[:]))
}
