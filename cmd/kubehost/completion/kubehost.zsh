#compdef kubehost
# Completion of kubehost for zsh: kubehost completion zsh > "${fpath[1]}/_kubehost"
_kubehost() {
	local line about files=
	local -a found
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			files=1
			continue
		fi
		# A colon stands between a word and what is said of it, if anything is.
		about=
		[[ $line == *$'\t'* ]] && about=:${line#*$'\t'}
		found+=("${${line%%$'\t'*}//:/\\:}$about")
	done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
	(( $#found )) && _describe kubehost found
	[[ -n $files ]] && _files
}
if [[ $funcstack[1] == _kubehost ]]; then _kubehost "$@"; else compdef _kubehost kubehost; fi
