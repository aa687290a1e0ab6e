// Package files takes in what people attach to their lines, and gives it out again.
//
// Nothing that somebody sends is shown as he sent it. What a file is its bytes say (detect.go), never its name or a header. A picture is measured before it
// is decoded (measure.go), decoded, turned upright, made smaller if it is very large, and written anew (picture.go): what was hidden in it, its place
// on earth and whatever stood behind its end, is gone. A PDF and a text stay as they are, and are only ever downloaded. Names are cleaned for people
// (name.go) and have nothing to do with the names on the disk, which are random (folder.go). How many arrive at once is in arrivals.go.
//
// The order is that of everything here: on the disk first, whole and synced, then the row in the database, then the answer. A file that no row names is of nobody: it
// is removed when it is two days old (sweep.go). Whoever may see a message gets addresses of its files that are signed and end (sign.go).
//
// Begin with files.go. The package knows chat alone; the edges know it by interfaces of theirs.
package files
