# Completion of kubehost for bash: source <(kubehost completion bash)
_kubehost() {
	local line word
	COMPREPLY=()
	# Words as the shell splits them, but for "=" and ":", which kubehost wants whole.
	local words=() cword cur
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n =: cur words cword
	else
		words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]}
	fi
	while IFS= read -r line; do
		if [[ $line == :files ]]; then
			compopt -o default
			continue
		fi
		word=${line%%$'\t'*}
		[[ $word == "$cur"* ]] && COMPREPLY+=("$word")
		[[ $word == *[=:] ]] && compopt -o nospace
	done < <("${words[0]}" __complete "${words[@]:1:cword}" 2>/dev/null)
	if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -F _kubehost kubehost
