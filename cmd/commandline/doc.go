// Package commandline takes the words of a command line to the command that they name.
//
//	ctx, stop := commandline.Interruptible()
//	defer stop()
//	err := commandline.Run(ctx, app, os.Args[1:])
//
// It reads flags where kubectl lets them stand, calls the command's action, and prints help. What can be wrong with
// a command line is told here, with the word that was meant:
//
//	unknown flag --folow
//	  hint: did you mean --follow?
//
// The app says which commands and flags there are; the package knows none of them but by the words that other programs
// have for them. It never exits: an error carries its exit code ([ExitError]), and only main looks at that.
package commandline
