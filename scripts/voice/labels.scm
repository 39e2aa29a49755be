;; Writes the full-context labels of each utterance to $LABELS/NNN.lab: what hts_engine speaks from.
;; The text itself comes in as data, on standard input, and is never read as code.
(voice_cmu_us_slt_arctic_hts)
(defvar utterances 0)
(define (three_digits n)
  (string-append (if (< n 10) "00" (if (< n 100) "0" "")) (format nil "%d" n)))
(define (write_labels utterance)
  (let ((file (fopen (string-append (getenv "LABELS") "/" (three_digits utterances) ".lab") "w")))
    (mapcar (lambda (label) (format file "%s\n" label))
            (hts_dump_feats_string_list utterance hts_feats_list))
    (fclose file)
    (set! utterances (+ utterances 1))
    utterance))
(set! hts_synth_pre_hooks (list write_labels))
