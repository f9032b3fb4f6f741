package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// writable says whether this user may make entries in a directory, without making one.
func writable(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return fmt.Errorf("cannot be written: %w", err)
	}
	return nil
}
