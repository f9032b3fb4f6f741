package manifests

func (l *loader) check() {}
